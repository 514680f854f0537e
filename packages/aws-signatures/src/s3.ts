import { MalleeError } from '@mallee/errors';
import { queryParameters } from './percent.js';
import { headerValue, type KeyHolder, type KeyLookup, type SignedRequest } from './request.js';
import { parseS3V2Header, verifyS3V2 } from './s3-v2.js';
import type { PayloadRule } from './s3-payload.js';
import { verifyS3V4 } from './s3-v4.js';
import { V4_ALGORITHM } from './v4-canonical.js';
import { claimOfHeader, claimOfQuery } from './v4-claim.js';

/** Who sent an S3 request. `principal` is undefined for an anonymous one, which only ACLs can let in. */
export interface S3Authentication<T> {
  readonly principal: T | undefined;
  readonly accessKeyId: string | undefined;
  readonly version: 'anonymous' | 'V2' | 'V4';
  readonly presigned: boolean;
  readonly payload: PayloadRule;
}

export interface S3AuthenticationOptions {
  /** The bucket when the client named it in Host (virtual-host style); part of the resource in V2. */
  readonly virtualHostBucket?: string;
  /** Path prefixes under which S3 is mounted; old V2 clients sign with them or without. */
  readonly mountPoints?: readonly string[];
}

export const S3_MOUNT_POINTS = ['/services/Walrus', '/services/objectstorage'] as const;

/**
 * Authenticates an S3 request: V2 and V4, by header or presigned. The body is not read; see `payload`.
 *
 * Throws MalleeError with `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `RequestTimeTooSkewed`, `AccessDenied` (expired,
 * headers not signed), `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`, `InvalidArgument`, `InvalidRequest`.
 */
export async function authenticateS3<T>(
  request: SignedRequest,
  lookup: KeyLookup<T>,
  now: Date,
  options: S3AuthenticationOptions = {},
): Promise<S3Authentication<T>> {
  const query = queryParameters(request.rawQuery);
  // An empty header claims nothing.
  const authorization = headerValue(request.headers, 'authorization') || undefined;
  const v4Query = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature'].some((name) => query.has(name));
  const v2Query = ['AWSAccessKeyId', 'Signature'].some((name) => query.has(name));
  if (Number(authorization !== undefined) + Number(v4Query) + Number(v2Query) > 1) {
    throw new MalleeError('InvalidArgument', 'Only one auth mechanism allowed.');
  }
  if (v4Query || authorization?.startsWith(V4_ALGORITHM))
    return await byV4(request, lookup, now, v4Query ? query : undefined);
  if (v2Query || authorization?.startsWith('AWS '))
    return await byV2(request, lookup, now, options, v2Query ? query : undefined);
  if (authorization !== undefined) throw new MalleeError('InvalidArgument', 'Unsupported Authorization Type');
  return {
    principal: undefined,
    accessKeyId: undefined,
    version: 'anonymous',
    presigned: false,
    payload: anonymousPayload(request),
  };
}

async function byV4<T>(
  request: SignedRequest,
  lookup: KeyLookup<T>,
  now: Date,
  query: ReadonlyMap<string, string> | undefined,
): Promise<S3Authentication<T>> {
  const claim =
    query === undefined
      ? claimOfHeader(request, 'AuthorizationHeaderMalformed')
      : claimOfQuery(query, 'AuthorizationQueryParametersError');
  const holder = await holderOf(lookup, claim.accessKeyId);
  const payload = verifyS3V4(request, claim, holder.secretKey, now);
  return {
    principal: holder.principal,
    accessKeyId: claim.accessKeyId,
    version: 'V4',
    presigned: query !== undefined,
    payload,
  };
}

async function byV2<T>(
  request: SignedRequest,
  lookup: KeyLookup<T>,
  now: Date,
  options: S3AuthenticationOptions,
  query: ReadonlyMap<string, string> | undefined,
): Promise<S3Authentication<T>> {
  const claim =
    query === undefined
      ? parseS3V2Header(headerValue(request.headers, 'authorization') ?? '')
      : { accessKeyId: query.get('AWSAccessKeyId') ?? '', signature: query.get('Signature') ?? '' };
  const holder = await holderOf(lookup, claim.accessKeyId);
  const expires = query === undefined ? undefined : (query.get('Expires') ?? '');
  verifyS3V2({
    request,
    signature: claim.signature,
    secretKey: holder.secretKey,
    expires,
    now,
    mountPoints: options.mountPoints ?? S3_MOUNT_POINTS,
    ...(options.virtualHostBucket === undefined ? {} : { virtualHostBucket: options.virtualHostBucket }),
  });
  return {
    principal: holder.principal,
    accessKeyId: claim.accessKeyId,
    version: 'V2',
    presigned: query !== undefined,
    payload: anonymousPayload(request),
  };
}

/** Without a V4 signature a body may still be aws-chunked with a checksum trailer, or carry its own hash. */
function anonymousPayload(request: SignedRequest): PayloadRule {
  const word = headerValue(request.headers, 'x-amz-content-sha256') ?? '';
  if (word === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return { kind: 'chunked', trailer: true };
  if (word.startsWith('STREAMING-')) {
    throw new MalleeError('InvalidRequest', 'Signed chunks need a request signed by Signature V4.');
  }
  return /^[0-9a-f]{64}$/.test(word) ? { kind: 'sha256', hex: word } : { kind: 'unsigned' };
}

async function holderOf<T>(lookup: KeyLookup<T>, accessKeyId: string): Promise<KeyHolder<T>> {
  const holder = /^[\x21-\x7e]{1,128}$/.test(accessKeyId) ? await lookup(accessKeyId) : undefined;
  if (holder === undefined) {
    throw new MalleeError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  return holder;
}
