import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';

/** Key pair and certificate as a daemon or a user has them. */
export interface TestIdentity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** A fresh key pair with its self-signed certificate. */
export async function makeIdentity(commonName: string): Promise<TestIdentity> {
  const { privateKeyPem } = await generateKeyPair();
  return { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName }) };
}
