import { createHash, createHmac } from 'node:crypto';
import { compareBytes, decodePercent, encodeComponent, encodePath, splitQuery } from './percent.js';
import { headerValue, type Headers } from './request.js';

export const V4_ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** Day, region and service a V4 signature is bound to. */
export interface CredentialScope {
  /** `YYYYMMDD`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

export interface CanonicalParts {
  readonly method: string;
  readonly canonicalPath: string;
  readonly canonicalQuery: string;
  readonly headers: Headers;
  /** Lower-case, sorted. */
  readonly signedHeaders: readonly string[];
  /** Lower-case hex SHA-256 of the body, or one of the payload words. */
  readonly payloadHash: string;
}

export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

export function hmacSha256(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data, 'utf8').digest();
}

export function formatScope(scope: CredentialScope): string {
  return `${scope.day}/${scope.region}/${scope.service}/aws4_request`;
}

/** The key a V4 signature of that scope is made with. */
export function deriveSigningKey(secretKey: string, scope: CredentialScope): Buffer {
  const day = hmacSha256(`AWS4${secretKey}`, scope.day);
  return hmacSha256(hmacSha256(hmacSha256(day, scope.region), scope.service), 'aws4_request');
}

/** The query sorted by encoded name and value; `X-Amz-Signature` is never part of what it signs. */
export function canonicalQuery(rawQuery: string): string {
  return splitQuery(rawQuery)
    .map(([name, value]): [string, string] => [encodeComponent(name), encodeComponent(value)])
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort((a, b) => compareBytes(a[0], b[0]) || compareBytes(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The S3 form of the path: each byte encoded once, nothing normalised. */
export function canonicalS3Path(rawPath: string): string {
  return encodePath(decodePercent(rawPath, false));
}

/** The form of all other services: dot segments and double slashes removed, then the received text encoded once more. */
export function canonicalServicePath(rawPath: string): string {
  const out: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '..') out.pop();
    else if (segment !== '.' && segment !== '') out.push(segment);
  }
  const tail = out.length > 0 && /\/\.{0,2}$/.test(rawPath) ? '/' : '';
  return encodePath(Buffer.from(`/${out.join('/')}${tail}`, 'utf8'));
}

export function canonicalRequest(parts: CanonicalParts): string {
  const lines = parts.signedHeaders.map(
    (name) => `${name}:${canonicalValue(headerValue(parts.headers, name) ?? '')}\n`,
  );
  return [
    parts.method,
    parts.canonicalPath,
    parts.canonicalQuery,
    lines.join(''),
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
}

/** The hex signature over a canonical request. `timestamp` is the basic ISO form of the request date. */
export function v4Signature(
  signingKey: Buffer,
  timestamp: string,
  scope: CredentialScope,
  canonical: string | Buffer,
): string {
  const text = [V4_ALGORITHM, timestamp, formatScope(scope), sha256Hex(canonical)].join('\n');
  return hmacSha256(signingKey, text).toString('hex');
}

function canonicalValue(value: string): string {
  return value.trim().replace(/ +/g, ' ');
}
