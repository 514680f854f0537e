import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import type { Identity } from '../nodes/node-clients.js';

export interface Keys {
  readonly cloud: Identity;
  readonly cluster: Identity;
  readonly node: Identity;
}

/** Key pairs of the three roles, and their PEM files `ROLE.pem`, `ROLE.key` in the directory. */
export async function makeKeys(directory: string): Promise<Keys> {
  const make = async (role: keyof Keys): Promise<Identity> => {
    const { privateKeyPem } = await generateKeyPair();
    const certificatePem = createSelfSignedCertificate({ privateKeyPem, commonName: role });
    writeFileSync(join(directory, `${role}.pem`), certificatePem);
    writeFileSync(join(directory, `${role}.key`), privateKeyPem);
    return { privateKeyPem, certificatePem };
  };
  const [cloud, cluster, node] = await Promise.all([make('cloud'), make('cluster'), make('node')]);
  return { cloud, cluster, node };
}
