import { createHmac } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { equalsAny } from './constant-time.js';
import { headerValue, type SignedRequest } from './request.js';
import { s3V2Text, subresources, withAmzParameters } from './s3-v2-text.js';
import { isFresh, parseHeaderDate } from './timestamps.js';
import { canonicalS3Path } from './v4-canonical.js';

export interface S3V2Check {
  readonly request: SignedRequest;
  /** Base64 HMAC-SHA1 as sent. */
  readonly signature: string;
  readonly secretKey: string;
  /** Seconds since the epoch as sent in a presigned URL; undefined for the header form. */
  readonly expires: string | undefined;
  readonly now: Date;
  readonly mountPoints: readonly string[];
  readonly virtualHostBucket?: string;
}

/** Reads `AWS KEY:SIGNATURE`. */
export function parseS3V2Header(text: string): { accessKeyId: string; signature: string } {
  const match = /^AWS +([^\s:]+):([A-Za-z0-9+/=]+)$/.exec(text);
  if (match === null) {
    throw new MalleeError('InvalidArgument', 'The Authorization header must have the form "AWS KEY:SIGNATURE".');
  }
  return { accessKeyId: match[1] as string, signature: match[2] as string };
}

/** Throws `RequestTimeTooSkewed` or `AccessDenied` when the time is wrong, then `SignatureDoesNotMatch`. */
export function verifyS3V2(check: S3V2Check): void {
  if (check.expires === undefined) checkDate(check.request, check.now);
  // A presigned URL may carry x-amz- headers as parameters that are signed as the headers (boto after a HEAD).
  const forms = check.expires === undefined ? [check.request] : [check.request, withAmzParameters(check.request)];
  const expected = forms.flatMap((request) =>
    resourcePaths(check).map((path) =>
      createHmac('sha1', check.secretKey)
        .update(s3V2Text(request, path, check.expires), 'utf8')
        .digest('base64'),
    ),
  );
  if (
    !equalsAny(
      check.signature.replace(/=+$/, ''),
      expected.map((text) => text.replace(/=+$/, '')),
    )
  ) {
    throw new MalleeError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  if (check.expires !== undefined) checkExpires(check.expires, check.now);
}

/**
 * Clients sign the path with the mount point, without it, or with the bucket taken from Host; each may be encoded anew. Boto
 * signs a bucket as `/bucket/` whatever it sends.
 */
function resourcePaths(check: S3V2Check): string[] {
  const { rawPath } = check.request;
  const mount = check.mountPoints.find((point) => rawPath === point || rawPath.startsWith(`${point}/`)) ?? '';
  const bare = rawPath.slice(mount.length);
  const forms = new Set([rawPath, bare === '' ? '/' : bare]);
  if (/^\/[^/]+\/?$/.test(bare)) {
    const bucket = bare.replace(/\/$/, '');
    for (const path of [bucket, `${mount}${bucket}`]) forms.add(path).add(`${path}/`);
  }
  if (check.virtualHostBucket !== undefined) {
    for (const path of [...forms]) forms.add(`/${check.virtualHostBucket}${path}`);
  }
  for (const path of [...forms]) forms.add(canonicalS3Path(path));
  // Botocore names the sub-resource twice.
  const subresource = subresources(check.request.rawQuery);
  if (subresource !== '') for (const path of [...forms]) forms.add(`${path}${subresource}`);
  return [...forms];
}

function checkDate(request: SignedRequest, now: Date): void {
  const text = headerValue(request.headers, 'x-amz-date') ?? headerValue(request.headers, 'date');
  const at = text === undefined ? undefined : parseHeaderDate(text);
  if (at === undefined || at.getTime() < 0) {
    throw new MalleeError('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  }
  if (isFresh(at, now)) return;
  throw new MalleeError(
    'RequestTimeTooSkewed',
    `The difference between the request time (${at.toISOString()}) and the server's time (${now.toISOString()}) is too large.`,
  );
}

function checkExpires(text: string, now: Date): void {
  if (!/^\d{1,12}$/.test(text)) {
    throw new MalleeError(
      'AccessDenied',
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    );
  }
  if (now.getTime() > Number(text) * 1000) throw new MalleeError('AccessDenied', 'Request has expired');
}
