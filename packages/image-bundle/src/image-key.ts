import { constants, createPrivateKey, privateDecrypt, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import type { EncryptedKey, Manifest } from './manifest.js';

/** The AES-128-CBC key and initialisation vector of one bundle, 16 bytes each. */
export interface ImageKey {
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** What is encrypted is not the key but its hexadecimal text: 32 ASCII bytes. */
const TEXT_LENGTH = 32;

export function newImageKey(): ImageKey {
  return { key: randomBytes(16), iv: randomBytes(16) };
}

/** The key and iv wrapped for the holder of a certificate (RSA PKCS#1 v1.5), hexadecimal. */
export function wrapKey({ key, iv }: ImageKey, certificatePem: string): EncryptedKey {
  const { publicKey } = new X509Certificate(certificatePem);
  const wrap = (value: Buffer) =>
    publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(value.toString('hex')),
    ).toString('hex');
  return { key: wrap(key), iv: wrap(iv) };
}

/**
 * The image key, recovered with the cloud's private key. Whatever is wrong (padding, length, text) gives the one error
 * `Image.DecryptionFailed`. Since exactly 32 hexadecimal digits must come out, even the yes or no of that error tells
 * nothing to somebody who sends changed values (Bleichenbacher needs a test that random values pass now and then).
 */
export function recoverKey(manifest: Pick<Manifest, 'cloudKey'>, privateKeyPem: string): ImageKey {
  const found = open(manifest.cloudKey, createPrivateKey(privateKeyPem));
  if (found !== undefined) return found;
  throw new MalleeError('Image.DecryptionFailed', 'the image key cannot be recovered with the key of this cloud');
}

/**
 * The image key for who unpacks a bundle by hand: with the key of the user who made it, or with that of a cloud. Throws
 * `Image.DecryptionFailed`.
 */
export function recoverKeyOfHolder(manifest: Pick<Manifest, 'cloudKey' | 'userKey'>, privateKeyPem: string): ImageKey {
  const privateKey = createPrivateKey(privateKeyPem);
  const found =
    (manifest.userKey === undefined ? undefined : open(manifest.userKey, privateKey)) ??
    open(manifest.cloudKey, privateKey);
  if (found !== undefined) return found;
  throw new MalleeError('Image.DecryptionFailed', 'the bundle was not made for the holder of this private key');
}

function open(wrapped: EncryptedKey, privateKey: KeyObject): ImageKey | undefined {
  const key = unwrap(wrapped.key, privateKey);
  const iv = unwrap(wrapped.iv, privateKey);
  return key === undefined || iv === undefined ? undefined : { key, iv };
}

/** RSA without padding, then our own look at the padding: Node refuses to do PKCS#1 v1.5 decryption itself. */
function unwrap(hex: string, privateKey: KeyObject): Buffer | undefined {
  const modulusBytes = Math.ceil((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const ciphertext = Buffer.from(hex.padStart(modulusBytes * 2, '0'), 'hex');
  if (ciphertext.length !== modulusBytes || modulusBytes < TEXT_LENGTH + 11) return undefined;
  let block: Buffer;
  try {
    block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, ciphertext);
  } catch {
    return undefined; // the value is not below the modulus
  }
  return readPadded(block);
}

/** 00 02, non-zero filler, 00, 32 hexadecimal digits: looked at without a branch on any single byte. */
function readPadded(block: Buffer): Buffer | undefined {
  const separator = block.length - TEXT_LENGTH - 1;
  let wrong = (block[0] ?? 1) | ((block[1] ?? 0) ^ 2) | (block[separator] ?? 1);
  for (let at = 2; at < separator; at++) wrong |= Number(block[at] === 0);
  const text = block.subarray(separator + 1);
  for (const byte of text) wrong |= Number(!isHexDigit(byte));
  return wrong === 0 ? Buffer.from(text.toString('latin1'), 'hex') : undefined;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}
