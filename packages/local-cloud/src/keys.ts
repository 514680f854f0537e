import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import type { CloudLayout, DaemonName } from './layout.js';

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

/** Where the key pair of a component lies: in the directory of the daemon that owns it. */
export function keyFiles(layout: CloudLayout, name: KeyName): KeyFiles {
  const owner = name === 'image' ? 'walrus' : name;
  const directory = join(layout.stateDirectory, owner, 'keys');
  return { privateKey: join(directory, `${name}-pk.pem`), certificate: join(directory, `${name}-cert.pem`) };
}

/** Makes the key pairs that are missing; existing ones stay. */
export async function ensureKeys(layout: CloudLayout): Promise<void> {
  for (const name of Object.keys(commonNames) as KeyName[]) {
    const files = keyFiles(layout, name);
    if (existsSync(files.certificate)) continue;
    mkdirSync(join(files.privateKey, '..'), { recursive: true, mode: 0o700 });
    const { privateKeyPem } = await generateKeyPair();
    const certificate = createSelfSignedCertificate({ privateKeyPem, commonName: commonNames[name](layout.zone) });
    writeFileSync(files.privateKey, privateKeyPem, { mode: 0o600 });
    // The certificate last: its presence says that the pair is whole.
    writeFileSync(files.certificate, certificate);
  }
}
