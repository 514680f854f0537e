import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import type { CloudIdentity } from '../components/clients.js';

/** A key pair with certificate as a component has it. */
export async function testIdentity(commonName: string): Promise<CloudIdentity> {
  const { privateKeyPem } = await generateKeyPair();
  return { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName }) };
}
