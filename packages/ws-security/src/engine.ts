import { verify } from 'node:crypto';
import { canonicalize, type XmlElement } from '@mallee/xml';
import type { TrustedCertificate } from './certificates.js';
import type { PartName } from './profile.js';
import type { ReadSignature } from './read-signature.js';
import { digestBase64 } from './suites.js';
import { invalid } from './violation.js';

/** What an engine has to check, after the strict reader has settled where everything is. */
export interface SignatureCheck {
  readonly message: string | Uint8Array;
  readonly signature: ReadSignature;
  /** The part and element behind each reference, in its order. */
  readonly referenced: readonly { readonly name: PartName; readonly element: XmlElement }[];
  readonly certificate: TrustedCertificate;
}

/** Does the cryptography of a verification; throws Wire.SignatureInvalid. */
export interface SignatureEngine {
  readonly name: 'native' | 'xml-crypto';
  check(input: SignatureCheck): void;
}

/** Our own engine on node:crypto. */
export const nativeEngine: SignatureEngine = {
  name: 'native',
  check({ signature, referenced, certificate }: SignatureCheck): void {
    const { suite, references, signedInfo, value } = signature;
    for (const [index, { name, element }] of referenced.entries()) {
      if (digestBase64(suite.hash, canonicalize(element)) !== references[index]?.digest) {
        invalid(`the digest of ${name} does not match`);
      }
    }
    if (!verifySignature(suite.hash, Buffer.from(canonicalize(signedInfo)), certificate, value)) {
      invalid('the signature value does not match');
    }
  },
};

function verifySignature(hash: string, data: Buffer, certificate: TrustedCertificate, value: Buffer): boolean {
  try {
    return verify(hash, data, certificate.publicKey, value);
  } catch (error) {
    return invalid('the signature cannot be checked', error);
  }
}
