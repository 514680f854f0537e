import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import type { Profile } from './profile.js';
import type { SuiteName } from './suites.js';

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

/** A certificate that messages are accepted from, and what is particular about its owner. */
export interface TrustedPeer {
  readonly certificatePem: string;
  /** The profile its messages must follow; default: the verifier's. */
  readonly profile?: Profile;
  /** The algorithms it may use; default: the verifier's. */
  readonly suites?: readonly SuiteName[];
}

/** The owner of a token: its certificate and the rules that come with it. */
export interface FoundPeer {
  readonly certificate: TrustedCertificate;
  readonly rules: Omit<TrustedPeer, 'certificatePem'>;
}

const NO_RULES: FoundPeer['rules'] = {};
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
  readonly #trusted: () => readonly (string | TrustedPeer)[];
  readonly #parsed = new Map<string, TrustedCertificate>();

  /** `trusted` is asked for each message and gives the PEM texts and peers registered at that moment. */
  constructor(trusted: () => readonly (string | TrustedPeer)[]) {
    this.#trusted = trusted;
  }

  /**
   * The trusted certificate whose DER has this base64 text, or undefined. Where one certificate is listed several times the first
   * entry with rules of its own counts, so a list by role can be followed by the peers that need rules.
   */
  find(token: string): FoundPeer | undefined {
    let plain: TrustedCertificate | undefined;
    for (const entry of this.#trusted()) {
      const certificate = this.#read(typeof entry === 'string' ? entry : entry.certificatePem);
      if (certificate.token !== token) continue;
      if (typeof entry !== 'string') return { certificate, rules: entry };
      plain ??= certificate;
    }
    return plain === undefined ? undefined : { certificate: plain, rules: NO_RULES };
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
