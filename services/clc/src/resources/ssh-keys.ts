import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { MalleeError } from '@mallee/errors';

const generate = promisify(generateKeyPair);

export interface NewSshKey {
  /** PEM, PKCS#1 ("RSA PRIVATE KEY"), as ssh clients of every age read it. */
  readonly keyMaterial: string;
  readonly fingerprint: string;
  /** OpenSSH one-line form with a comment. */
  readonly publicKey: string;
}

/** A new RSA 2048 key. The fingerprint is EC2's for generated keys: SHA-1 over the private key's PKCS#8 DER. */
export async function generateSshKey(comment: string): Promise<NewSshKey> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  return {
    keyMaterial: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    fingerprint: colons(createHash('sha1').update(der).digest('hex')),
    publicKey: `ssh-rsa ${rsaBlob(publicKey).toString('base64')} ${comment}`,
  };
}

export interface ImportedSshKey {
  readonly fingerprint: string;
  readonly publicKey: string;
}

/**
 * A public key given as OpenSSH line (RSA or Ed25519), or as base64 DER or PEM of an RSA SubjectPublicKeyInfo. The
 * fingerprint is EC2's for imported keys: MD5 over the DER for RSA, base64 SHA-256 of the SSH blob for Ed25519.
 * @throws InvalidKey.Format
 */
export function importSshKey(material: string, comment: string): ImportedSshKey {
  const text = material.trim();
  try {
    const [type, base64 = '', ...rest] = text.split(/[ \t]+/);
    const note =
      rest
        .join(' ')
        .replace(/[^\x20-\x7e]/g, '?')
        .slice(0, 200) || comment;
    if (/[\r\n]/.test(text) && !text.startsWith('-----BEGIN')) throw new Error('more than one line');
    if (type === 'ssh-rsa') return importRsaBlob(Buffer.from(base64, 'base64'), note);
    if (type === 'ssh-ed25519') return importEd25519Blob(Buffer.from(base64, 'base64'), note);
    return importDer(text, comment);
  } catch (cause) {
    throw new MalleeError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format', { cause });
  }
}

function importRsaBlob(blob: Buffer, comment: string): ImportedSshKey {
  const [type, e, n, ...rest] = sshFields(blob);
  if (type?.toString('latin1') !== 'ssh-rsa' || !e || !n || rest.length > 0) throw new Error('not an RSA key');
  const key = createPublicKey({
    key: { kty: 'RSA', n: unsigned(n).toString('base64url'), e: unsigned(e).toString('base64url') },
    format: 'jwk',
  });
  return rsaKey(key, comment);
}

function importEd25519Blob(blob: Buffer, comment: string): ImportedSshKey {
  const [type, key, ...rest] = sshFields(blob);
  if (type?.toString('latin1') !== 'ssh-ed25519' || key?.length !== 32 || rest.length > 0) {
    throw new Error('not an Ed25519 key');
  }
  return {
    fingerprint: createHash('sha256').update(blob).digest('base64'),
    publicKey: `ssh-ed25519 ${blob.toString('base64')} ${comment}`,
  };
}

function importDer(text: string, comment: string): ImportedSshKey {
  const key = text.startsWith('-----BEGIN')
    ? createPublicKey(text)
    : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  return rsaKey(key, comment);
}

function rsaKey(key: KeyObject, comment: string): ImportedSshKey {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 1024 || bits > 16_384) throw new Error('not an RSA key of usable size');
  const der = key.export({ type: 'spki', format: 'der' });
  return {
    fingerprint: colons(createHash('md5').update(der).digest('hex')),
    publicKey: `ssh-rsa ${rsaBlob(key).toString('base64')} ${comment}`,
  };
}

/** The wire form of RFC 4253 section 6.6: three length-prefixed fields. */
function rsaBlob(key: KeyObject): Buffer {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const fields = [Buffer.from('ssh-rsa'), signed(Buffer.from(e, 'base64url')), signed(Buffer.from(n, 'base64url'))];
  return Buffer.concat(fields.flatMap((field) => [uint32(field.length), field]));
}

function sshFields(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length || fields.length > 8) throw new Error('broken key');
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** An mpint is signed: a set top bit needs a zero byte in front. */
function signed(bytes: Buffer): Buffer {
  return bytes[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

function unsigned(bytes: Buffer): Buffer {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function colons(hex: string): string {
  return (hex.match(/../g) ?? []).join(':');
}
