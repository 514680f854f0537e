import { readFile } from 'node:fs/promises';
import { MalleeError } from '@mallee/errors';
import type { EucalyptusGLTypes_2_0 as Gl } from '@mallee/wsdl-types';
import type { ClusterConfig } from '../config.js';

/** The certificates (never a key) by which the CLC checks that it talks to the cluster it registered. Unsigned on the wire. */
export async function getKeys(
  config: ClusterConfig,
  request: Gl.GetKeysType,
  correlationId: string,
): Promise<Gl.GetKeysResponseType> {
  const { clusterCertificate, nodeCertificate } = config.glKeys;
  return {
    correlationId,
    ...(request.userId === undefined ? {} : { userId: request.userId }),
    return: true,
    serviceTag: 'self',
    CCcert: await encodeCertificate(clusterCertificate),
    NCcert: await encodeCertificate(nodeCertificate),
  };
}

async function encodeCertificate(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8');
  if (pem.includes('PRIVATE KEY') || !pem.includes('BEGIN CERTIFICATE')) {
    throw new MalleeError('Configuration.Invalid', `${file} of glKeys must hold a certificate and nothing else`);
  }
  return Buffer.from(pem).toString('base64');
}
