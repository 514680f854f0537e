import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { MalleeError } from '@mallee/errors';

/** Key pair of a daemon as configured. */
export interface IdentityPem {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** Key pair of a daemon, loaded once: loading the PEM costs as much as signing. */
export interface Identity {
  readonly privateKey: KeyObject;
  /** Base64 of the DER certificate, the text of the BinarySecurityToken. */
  readonly token: string;
}

/** A certificate that messages are accepted from. */
export interface TrustedCertificate {
  readonly pem: string;
  readonly token: string;
  readonly publicKey: KeyObject;
}

const MINIMUM_MODULUS = 2048;
const MAXIMUM_MODULUS = 8192;
const CACHE_SIZE = 1024;

/** Loads a key pair; throws Configuration.Invalid if it is no RSA pair or the two do not belong together. */
export function loadIdentity(pem: IdentityPem): Identity {
  const { token, publicKey } = readCertificate(pem.certificatePem);
  let privateKey: KeyObject;
  let belongs: boolean;
  try {
    privateKey = createPrivateKey(pem.privateKeyPem);
    belongs = new X509Certificate(pem.certificatePem).checkPrivateKey(privateKey);
  } catch (error) {
    throw new MalleeError('Configuration.Invalid', 'the private key cannot be read', { cause: error });
  }
  if (!belongs || publicKey.asymmetricKeyType !== 'rsa') {
    throw new MalleeError('Configuration.Invalid', 'the private key does not belong to the certificate');
  }
  return { privateKey, token };
}

/** Reads a trusted certificate. Equality with it is the whole of trust: no chain, and its dates do not matter. */
export function readCertificate(pem: string): TrustedCertificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new MalleeError('Configuration.Invalid', 'a certificate cannot be read', { cause: error });
  }
  const publicKey = certificate.publicKey;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa' || bits < MINIMUM_MODULUS || bits > MAXIMUM_MODULUS) {
    const range = `${MINIMUM_MODULUS} to ${MAXIMUM_MODULUS}`;
    throw new MalleeError('Configuration.Invalid', `a certificate has no RSA key of ${range} bits`);
  }
  return { pem, token: certificate.raw.toString('base64'), publicKey };
}

/** Finds the trusted certificate that equals a token; keeps parsed certificates, as parsing one costs ten verifications. */
export class TrustStore {
  readonly #trusted: () => readonly string[];
  readonly #parsed = new Map<string, TrustedCertificate>();

  /** `trusted` is asked for each message and gives the PEM texts registered at that moment. */
  constructor(trusted: () => readonly string[]) {
    this.#trusted = trusted;
  }

  /** The trusted certificate whose DER has this base64 text, or undefined. */
  find(token: string): TrustedCertificate | undefined {
    for (const pem of this.#trusted()) {
      const certificate = this.#read(pem);
      if (certificate.token === token) return certificate;
    }
    return undefined;
  }

  #read(pem: string): TrustedCertificate {
    const known = this.#parsed.get(pem);
    if (known !== undefined) return known;
    if (this.#parsed.size >= CACHE_SIZE) this.#parsed.clear();
    const certificate = readCertificate(pem);
    this.#parsed.set(pem, certificate);
    return certificate;
  }
}
