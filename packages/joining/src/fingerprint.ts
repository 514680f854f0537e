import { createHash, X509Certificate } from 'node:crypto';

/** SHA-256 of a certificate (PEM, or its DER as TLS gives it), base64url. */
export function fingerprint(certificate: string | Buffer): string {
  const der = typeof certificate === 'string' ? new X509Certificate(certificate).raw : certificate;
  return createHash('sha256').update(der).digest('base64url');
}
