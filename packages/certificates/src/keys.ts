import { generateKeyPair as generate } from 'node:crypto';
import { promisify } from 'node:util';

const generateAsync = promisify(generate);

export interface KeyPair {
  /** PKCS#8 PEM. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo PEM. */
  readonly publicKeyPem: string;
}

/** A new RSA key pair; 2048 bits is what the original components use and accept. */
export async function generateKeyPair(bits = 2048): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateAsync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}
