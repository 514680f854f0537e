import { createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import forge from 'node-forge';

const MAXIMUM_BYTES = 16_384;
const MINIMUM_MODULUS = 2048;
const MAXIMUM_MODULUS = 8192;

/** What a checked signing request says; its signature proved that the sender holds the key. */
export interface SigningRequest {
  readonly publicKey: KeyObject;
  readonly commonName: string;
  /** The challenge password attribute: what binds the request to one exchange. */
  readonly challenge: string;
}

/** A PKCS#10 request (SHA-256 with RSA) for the key, PEM. `challenge` stands in it for all to read. */
export function createSigningRequest(given: { privateKeyPem: string; commonName: string; challenge: string }): string {
  const privateKey = forge.pki.privateKeyFromPem(given.privateKeyPem);
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  request.setSubject([{ shortName: 'CN', value: given.commonName }]);
  request.setAttributes([{ name: 'challengePassword', value: given.challenge }]);
  request.sign(privateKey, forge.md.sha256.create());
  return forge.pki.certificationRequestToPem(request).replaceAll('\r\n', '\n');
}

/**
 * Reads a request and checks its signature (with OpenSSL, over the bytes as they came).
 * @throws Keys.Invalid
 */
export function readSigningRequest(pem: string): SigningRequest {
  if (pem.length > MAXIMUM_BYTES) throw invalid('the signing request is too long');
  let parsed: { key: KeyObject; commonName: string; challenge: string; genuine: boolean };
  try {
    parsed = parse(pem);
  } catch (cause) {
    throw new MalleeError('Keys.Invalid', 'the signing request cannot be read', { cause });
  }
  if (!parsed.genuine) throw invalid('the signature of the signing request does not verify');
  checkRsa(parsed.key, 'the signing request');
  return { publicKey: parsed.key, commonName: parsed.commonName, challenge: parsed.challenge };
}

function parse(pem: string): { key: KeyObject; commonName: string; challenge: string; genuine: boolean } {
  const request = forge.pki.certificationRequestFromPem(pem);
  const { certificationRequestInfo: info, siginfo } = request as unknown as {
    certificationRequestInfo: forge.asn1.Asn1;
    siginfo: { algorithmOid: string };
  };
  if (siginfo.algorithmOid !== forge.pki.oids['sha256WithRSAEncryption']) throw new Error('not SHA-256 with RSA');
  const key = createPublicKey(forge.pki.publicKeyToPem(request.publicKey as forge.pki.rsa.PublicKey));
  const bytes = Buffer.from(forge.asn1.toDer(info).getBytes(), 'latin1');
  const genuine = verify('sha256', bytes, key, Buffer.from(request.signature as string, 'latin1'));
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    key,
    genuine,
    commonName: text((request.subject.getField('CN') as { value?: unknown } | null)?.value),
    challenge: text((request.getAttribute({ name: 'challengePassword' }) as { value?: unknown } | null)?.value),
  };
}

/**
 * Reads a certificate that is to be trusted by equality: RSA of 2048 to 8192 bits, and self-signed, so that nobody can register the
 * certificate of another under his own name for a key he does not hold.
 * @throws Keys.Invalid
 */
export function readSelfSigned(pem: string, what = 'the certificate'): X509Certificate {
  if (pem.length > MAXIMUM_BYTES) throw invalid(`${what} is too long`);
  let certificate: X509Certificate;
  try {
    // A second one would be trusted, too, and nobody has proved to hold its key.
    if (pem.split('-----BEGIN').length !== 2) throw new Error('not exactly one certificate');
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new MalleeError('Keys.Invalid', `${what} cannot be read`, { cause });
  }
  checkRsa(certificate.publicKey, what);
  if (!certificate.verify(certificate.publicKey)) throw invalid(`${what} is not signed with its own key`);
  return certificate;
}

/** @throws Keys.Invalid for anything but an RSA key of 2048 to 8192 bits with an odd exponent above 2^16 */
export function checkRsa(key: KeyObject, what: string): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== 'rsa') throw invalid(`${what} has no RSA key`);
  if (modulusLength < MINIMUM_MODULUS || modulusLength > MAXIMUM_MODULUS) {
    throw invalid(
      `${what} has an RSA key of ${String(modulusLength)} bits, not ${MINIMUM_MODULUS} to ${MAXIMUM_MODULUS}`,
    );
  }
  if (publicExponent < 65_537n || publicExponent % 2n === 0n) throw invalid(`${what} has a weak RSA exponent`);
}

function invalid(message: string): MalleeError {
  return new MalleeError('Keys.Invalid', message);
}
