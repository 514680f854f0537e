import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { checkRsa } from './signing-request.js';

/** A private key and its certificate, PEM. */
export interface CertifiedKey {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** PKCS#1 (`BEGIN RSA PRIVATE KEY`): the form that every version of OpenSSL reads, also through its RSA functions. */
export function toPkcs1(privateKeyPem: string): string {
  return readKey(privateKeyPem, 'the key').export({ type: 'pkcs1', format: 'pem' }).toString();
}

/**
 * Checks that both can be read, that they belong together and that the key is RSA of 2048 to 8192 bits. `what` names them in the error.
 * @throws Keys.Invalid
 */
export function checkKeyPair({ privateKeyPem, certificatePem }: CertifiedKey, what: string): void {
  const key = readKey(privateKeyPem, what);
  if (!readCertificatePem(certificatePem, what).checkPrivateKey(key)) {
    throw new MalleeError('Keys.Invalid', `${what}: the key does not belong to the certificate`);
  }
}

/** A certificate with an RSA key of 2048 to 8192 bits. @throws Keys.Invalid */
export function readCertificatePem(pem: string, what: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    if (pem.split('-----BEGIN CERTIFICATE-----').length !== 2) throw new Error('not exactly one certificate');
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new MalleeError('Keys.Invalid', `${what}: the certificate cannot be read`, { cause });
  }
  checkRsa(certificate.publicKey, what);
  return certificate;
}

function readKey(pem: string, what: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new MalleeError('Keys.Invalid', `${what}: the private key cannot be read`, { cause });
  }
  checkRsa(key, what);
  return key;
}
