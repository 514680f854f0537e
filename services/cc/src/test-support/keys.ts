import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeIdentity, type TestIdentity as Identity } from '@mallee/testing';

export interface Keys {
  readonly cloud: Identity;
  readonly cluster: Identity;
  readonly node: Identity;
}

/** Key pairs of the three roles, and their PEM files `ROLE.pem`, `ROLE.key` in the directory. */
export async function makeKeys(directory: string): Promise<Keys> {
  const make = async (role: keyof Keys): Promise<Identity> => {
    const identity = await makeIdentity(role);
    writeFileSync(join(directory, `${role}.pem`), identity.certificatePem);
    writeFileSync(join(directory, `${role}.key`), identity.privateKeyPem);
    return identity;
  };
  const [cloud, cluster, node] = await Promise.all([make('cloud'), make('cluster'), make('node')]);
  return { cloud, cluster, node };
}
