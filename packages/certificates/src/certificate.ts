import { randomBytes } from 'node:crypto';
import forge from 'node-forge';

export interface CertificateOptions {
  readonly privateKeyPem: string;
  readonly commonName: string;
  /** Default ten years: trust is equality with a registered certificate, so expiry protects nothing here. */
  readonly days?: number;
}

/** A self-signed X.509 v3 certificate (SHA-256 with RSA) with the name order of the original: C, O, OU, CN. */
export function createSelfSignedCertificate({ privateKeyPem, commonName, days = 3650 }: CertificateOptions): string {
  const privateKey = forge.pki.privateKeyFromPem(privateKeyPem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  certificate.serialNumber = positiveSerial();
  // An hour back: a peer whose clock is a little behind must not see a certificate of the future.
  const from = Date.now() - 3_600_000;
  certificate.validity.notBefore = new Date(from);
  certificate.validity.notAfter = new Date(from + days * 86_400_000);
  const subject = [
    { shortName: 'C', value: 'US' },
    { shortName: 'O', value: 'User' },
    { shortName: 'OU', value: 'Eucalyptus' },
    { shortName: 'CN', value: commonName },
  ];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.sign(privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

/** PKCS#12 (3DES, as the original's euca.p12) with one key and its certificate. */
export function createPkcs12(options: {
  privateKeyPem: string;
  certificatePem: string;
  password: string;
  friendlyName: string;
}): Buffer {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(options.privateKeyPem),
    [forge.pki.certificateFromPem(options.certificatePem)],
    options.password,
    { algorithm: '3des', friendlyName: options.friendlyName },
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
}

/** DER integers are signed and have no superfluous leading octet: the first one must lie between 0x40 and 0x7f. */
function positiveSerial(): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial.toString('hex');
}
