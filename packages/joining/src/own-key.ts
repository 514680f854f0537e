import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { replaceFile } from '@mallee/durable-files';

export interface KeyFiles {
  readonly privateKey: string;
  readonly certificate: string;
}

/** The key pair in these files (0600), made if it is not there. The certificate is written last: its presence says that the pair is whole. */
export async function ensureOwnKey(
  files: KeyFiles,
  commonName: string,
): Promise<{ privateKeyPem: string; certificatePem: string }> {
  if (!existsSync(files.certificate)) {
    await mkdir(dirname(files.privateKey), { recursive: true, mode: 0o700 });
    const { privateKeyPem } = await generateKeyPair();
    await replaceFile(files.privateKey, privateKeyPem);
    await replaceFile(files.certificate, createSelfSignedCertificate({ privateKeyPem, commonName }));
  }
  return {
    privateKeyPem: readFileSync(files.privateKey, 'utf8'),
    certificatePem: readFileSync(files.certificate, 'utf8'),
  };
}
