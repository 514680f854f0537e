import { verify, X509Certificate } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { parseManifest } from './parse-manifest.js';
import type { Manifest } from './manifest.js';

export interface VerifiedManifest {
  readonly manifest: Manifest;
  /** The one of the given certificates whose key made the signature. */
  readonly certificatePem: string;
  /** The one of its signatures that is meant. */
  readonly signature: Buffer;
}

/**
 * Reads a manifest and checks that one of the certificates (PEM) signed it: RSA PKCS#1 v1.5 with SHA-1, as all tools
 * write it. Throws `Image.SignatureInvalid`, also for an unsigned manifest, and what parseManifest throws.
 */
export function verifyManifestSignature(bytes: Buffer, certificates: readonly string[]): VerifiedManifest {
  const manifest = parseManifest(bytes);
  const { signatures, signedBytes } = manifest;
  if (signatures.length === 0) throw new MalleeError('Image.SignatureInvalid', 'the manifest is not signed');
  for (const certificatePem of certificates) {
    const signature = signatures.find((one) => signedBy(certificatePem, signedBytes, one));
    if (signature !== undefined) return { manifest, certificatePem, signature };
  }
  throw new MalleeError('Image.SignatureInvalid', 'no certificate of the account signed the manifest', {
    details: { certificatesTried: certificates.length },
  });
}

function signedBy(certificatePem: string, data: Buffer, signature: Buffer): boolean {
  try {
    const { publicKey } = new X509Certificate(certificatePem);
    return publicKey.asymmetricKeyType === 'rsa' && verify('sha1', data, publicKey, signature);
  } catch {
    return false; // an unreadable certificate has signed nothing
  }
}
