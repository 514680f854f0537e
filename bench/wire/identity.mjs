import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';

/** A key pair and its certificate, as PEM texts. */
export async function identity(commonName) {
  const { privateKeyPem } = await generateKeyPair();
  return { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName }) };
}
