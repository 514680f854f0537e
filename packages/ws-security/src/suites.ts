import * as crypto from 'node:crypto';

/** Which signature and digest algorithms a message uses; the two always go together. */
export type SuiteName = 'rsa-sha256' | 'rsa-sha1';

export interface Suite {
  readonly name: SuiteName;
  readonly signature: string;
  readonly digest: string;
  /** Name of the hash for node:crypto. */
  readonly hash: 'sha256' | 'sha1';
  /** Characters of a digest in base64. */
  readonly digestLength: number;
}

/** RSA-SHA256 between Mallee daemons; RSA-SHA1 is the only one that original peers accept. */
export const suites: Readonly<Record<SuiteName, Suite>> = {
  'rsa-sha256': {
    name: 'rsa-sha256',
    signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
    hash: 'sha256',
    digestLength: 44,
  },
  'rsa-sha1': {
    name: 'rsa-sha1',
    signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
    hash: 'sha1',
    digestLength: 28,
  },
};

type OneShotHash = (algorithm: string, data: string | Uint8Array, encoding: 'base64') => string;
// One call instead of a Hash object where Node has it (20.12 and later).
const oneShot: OneShotHash =
  (crypto as { hash?: OneShotHash }).hash ??
  ((algorithm, data, encoding) => crypto.createHash(algorithm).update(data).digest(encoding));

/** Base64 digest of the UTF-8 of a text. */
export function digestBase64(hash: Suite['hash'], text: string): string {
  return oneShot(hash, text, 'base64');
}

/** Base64 digest of bytes. */
export function digestBytesBase64(hash: Suite['hash'], bytes: Uint8Array): string {
  return oneShot(hash, bytes, 'base64');
}
