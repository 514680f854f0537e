import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';

export interface TestIdentity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** A fresh key pair with its self-signed certificate. */
export async function newIdentity(commonName: string): Promise<TestIdentity> {
  const { privateKeyPem } = await generateKeyPair();
  return { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName }) };
}
