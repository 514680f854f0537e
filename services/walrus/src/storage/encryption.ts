import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual, type Cipher } from 'node:crypto';
import { MalleeError } from '@mallee/errors';

/** How the blobs of an object are encrypted, as it is kept with the object. */
export type Encryption =
  /** A key of the object alone, wrapped by the master key. */
  | { readonly kind: 'AES256'; readonly key: string }
  /** The same, wrapped by a key that is derived from the master key for that key id. */
  | { readonly kind: 'aws:kms'; readonly keyId: string; readonly key: string }
  /** The client sends the key each time; only what tells a right key from a wrong one is kept. */
  | { readonly kind: 'SSE-C'; readonly salt: string; readonly check: string };

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK = 16;

/** Wraps and unwraps the keys of objects by one master key. */
export class Keyring {
  readonly #master: Buffer;

  constructor(master: Buffer) {
    if (master.length !== KEY_BYTES) throw new MalleeError('Configuration.Invalid', 'The master key must be 32 bytes.');
    this.#master = master;
  }

  /** A new data key and what is to be kept of it; `keyId` counts for aws:kms only. */
  create(kind: 'AES256' | 'aws:kms', keyId = ''): { encryption: Encryption; dataKey: Buffer } {
    const dataKey = randomBytes(KEY_BYTES);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#wrappingKey(kind, kind === 'AES256' ? '' : keyId), iv);
    const wrapped = Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]).toString('base64');
    return { dataKey, encryption: kind === 'AES256' ? { kind, key: wrapped } : { kind, keyId, key: wrapped } };
  }

  /** The data key of an object that is not SSE-C. */
  open(encryption: Exclude<Encryption, { kind: 'SSE-C' }>): Buffer {
    const wrapped = Buffer.from(encryption.key, 'base64');
    const keyId = encryption.kind === 'aws:kms' ? encryption.keyId : '';
    const key = this.#wrappingKey(encryption.kind, keyId);
    const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, IV_BYTES));
    decipher.setAuthTag(wrapped.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  }

  #wrappingKey(kind: string, keyId: string): Buffer {
    return createHmac('sha256', this.#master).update(`${kind}\n${keyId}`).digest();
  }
}

/** What is kept of a customer's key. */
export function rememberCustomerKey(key: Buffer): Encryption {
  const salt = randomBytes(16);
  return { kind: 'SSE-C', salt: salt.toString('base64'), check: checkOf(key, salt).toString('base64') };
}

export function isCustomerKey(encryption: Extract<Encryption, { kind: 'SSE-C' }>, key: Buffer): boolean {
  const check = checkOf(key, Buffer.from(encryption.salt, 'base64'));
  return timingSafeEqual(check, Buffer.from(encryption.check, 'base64'));
}

function checkOf(key: Buffer, salt: Buffer): Buffer {
  return createHmac('sha256', key).update(salt).digest();
}

/**
 * AES-256 in counter mode, by a key of the blob alone: encryption keeps the length and any range can be read. The same
 * call decrypts. `offset`: where in the blob the first byte lies.
 */
export function blobCipher(dataKey: Buffer, blobId: string, offset = 0): Cipher {
  const key = createHmac('sha256', dataKey).update(blobId).digest();
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(Math.floor(offset / BLOCK)), 8);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  cipher.update(Buffer.alloc(offset % BLOCK));
  return cipher;
}
