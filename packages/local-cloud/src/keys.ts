import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import type { CloudLayout, DaemonName } from './layout.js';
import { writeWhole } from './write-whole.js';

export interface KeyFiles {
  readonly privateKey: string;
  readonly certificate: string;
}

/** Key pairs of one cloud: one a daemon, and the pair that image keys are wrapped for (its private half is Walrus's). */
export type KeyName = DaemonName | 'image';

const commonNames: Record<KeyName, (zone: string) => string> = {
  clc: () => 'cloud',
  walrus: () => 'walrus',
  sc: (zone) => `storage-${zone}`,
  cc: (zone) => `cluster-${zone}`,
  nc: (zone) => `node-${zone}`,
  image: () => 'image',
};

/** Name in the certificate of a component. */
export function commonName(name: KeyName, zone: string): string {
  return commonNames[name](zone);
}

/** The two files of a key pair in a directory. */
export function keyFilesIn(directory: string, name: string): KeyFiles {
  return { privateKey: join(directory, `${name}-pk.pem`), certificate: join(directory, `${name}-cert.pem`) };
}

/** Where the key pair of a component lies: in the directory of the daemon that owns it. */
export function keyFiles(layout: CloudLayout, name: KeyName): KeyFiles {
  const owner = name === 'image' ? 'walrus' : name;
  return keyFilesIn(join(layout.stateDirectory, owner, 'keys'), name);
}

/** Makes the key pairs that are missing; existing ones stay. */
export async function ensureKeys(layout: CloudLayout): Promise<void> {
  for (const name of Object.keys(commonNames) as KeyName[]) {
    await ensureKeyPair(keyFiles(layout, name), commonName(name, layout.zone));
  }
}

/** Makes one key pair unless it is there. */
export async function ensureKeyPair(files: KeyFiles, subject: string): Promise<void> {
  if (existsSync(files.certificate)) return;
  mkdirSync(join(files.privateKey, '..'), { recursive: true, mode: 0o700 });
  const { privateKeyPem } = await generateKeyPair();
  writeWhole(files.privateKey, privateKeyPem, 0o600);
  // The certificate last: its presence says that the pair is whole.
  writeWhole(files.certificate, createSelfSignedCertificate({ privateKeyPem, commonName: subject }), 0o644);
}
