import type { Headers } from './request.js';
import type { Credentials } from './sign-v2.js';
import { formatBasic } from './timestamps.js';
import {
  canonicalQuery,
  canonicalRequest,
  canonicalS3Path,
  canonicalServicePath,
  deriveSigningKey,
  formatScope,
  sha256Hex,
  UNSIGNED_PAYLOAD,
  V4_ALGORITHM,
  v4Signature,
  type CredentialScope,
} from './v4-canonical.js';

export interface V4ToSign {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Lower-case names; `host` must be among them. All of them are signed. */
  readonly headers: Headers;
  readonly region: string;
  /** `s3`, `ec2`, `sts` ... */
  readonly service: string;
  /** Hex SHA-256 of the body or a payload word; the hash of the empty body when left out. */
  readonly payloadHash?: string;
}

/** The headers to add to the request: `authorization`, `x-amz-date` and, for S3, `x-amz-content-sha256`. */
export function signV4(request: V4ToSign, credentials: Credentials, now: Date): Record<string, string> {
  const payloadHash = request.payloadHash ?? sha256Hex('');
  const timestamp = formatBasic(now);
  const added: Record<string, string> = { 'x-amz-date': timestamp };
  if (request.service === 's3') added['x-amz-content-sha256'] = payloadHash;
  const headers = { ...request.headers, ...added };
  const signedHeaders = Object.keys(headers).sort();
  const scope = scopeOf(request, timestamp);
  const canonical = canonicalRequest({
    method: request.method,
    canonicalPath: canonicalPathOf(request),
    canonicalQuery: canonicalQuery(request.rawQuery),
    headers,
    signedHeaders,
    payloadHash,
  });
  const signature = v4Signature(deriveSigningKey(credentials.secretKey, scope), timestamp, scope, canonical);
  const credential = `${credentials.accessKeyId}/${formatScope(scope)}`;
  added['authorization'] =
    `${V4_ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return added;
}

/** The query of a V4 presigned URL: the given query completed by the `X-Amz-*` parameters. `expires` in seconds. */
export function presignV4(request: V4ToSign, credentials: Credentials, now: Date, expires: number): string {
  const timestamp = formatBasic(now);
  const scope = scopeOf(request, timestamp);
  const signedHeaders = Object.keys(request.headers).sort();
  const added = new URLSearchParams({
    'X-Amz-Algorithm': V4_ALGORITHM,
    'X-Amz-Credential': `${credentials.accessKeyId}/${formatScope(scope)}`,
    'X-Amz-Date': timestamp,
    'X-Amz-Expires': String(expires),
    'X-Amz-SignedHeaders': signedHeaders.join(';'),
  });
  const rawQuery = [request.rawQuery, added.toString()].filter((part) => part !== '').join('&');
  const canonical = canonicalRequest({
    method: request.method,
    canonicalPath: canonicalPathOf(request),
    canonicalQuery: canonicalQuery(rawQuery),
    headers: request.headers,
    signedHeaders,
    payloadHash: request.payloadHash ?? (request.service === 's3' ? UNSIGNED_PAYLOAD : sha256Hex('')),
  });
  const signature = v4Signature(deriveSigningKey(credentials.secretKey, scope), timestamp, scope, canonical);
  return `${rawQuery}&X-Amz-Signature=${signature}`;
}

function scopeOf(request: V4ToSign, timestamp: string): CredentialScope {
  return { day: timestamp.slice(0, 8), region: request.region, service: request.service };
}

function canonicalPathOf(request: V4ToSign): string {
  return request.service === 's3' ? canonicalS3Path(request.rawPath) : canonicalServicePath(request.rawPath);
}
