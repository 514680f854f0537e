import { readFile } from 'node:fs/promises';
import { MalleeError } from '@mallee/errors';
import type { ClusterConfig } from '../config.js';

/** Base64 of PEM files. */
export interface ClusterKeys {
  readonly clusterCertificate: string;
  readonly nodeCertificate: string;
}

/**
 * The certificates (never a key) by which the CLC checks that it talks to the cluster it registered. Unsigned on the wire,
 * so nothing else may ever be said here.
 */
export async function getKeys(config: ClusterConfig): Promise<ClusterKeys> {
  const { clusterCertificate, nodeCertificate } = config.glKeys;
  return {
    clusterCertificate: await encodeCertificate(clusterCertificate),
    nodeCertificate: await encodeCertificate(nodeCertificate),
  };
}

async function encodeCertificate(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8');
  if (pem.includes('PRIVATE KEY') || !pem.includes('BEGIN CERTIFICATE')) {
    throw new MalleeError('Configuration.Invalid', `${file} of glKeys must hold a certificate and nothing else`);
  }
  return Buffer.from(pem).toString('base64');
}
