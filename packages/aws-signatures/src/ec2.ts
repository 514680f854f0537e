import { MalleeError } from '@mallee/errors';
import type { Ec2Request } from './ec2-request.js';
import { checkEc2V2Time, v2Parameter, verifyEc2V2 } from './ec2-v2.js';
import { checkEc2V4Time, verifyEc2V4 } from './ec2-v4.js';
import { queryParameters } from './percent.js';
import { headerValue, type KeyHolder, type KeyLookup } from './request.js';
import { V4_ALGORITHM } from './v4-canonical.js';
import { claimOfHeader, claimOfQuery } from './v4-claim.js';

export interface Ec2Authentication<T> {
  readonly principal: T;
  readonly accessKeyId: string;
  readonly version: 'V2' | 'V4';
}

/**
 * Authenticates a Query API request by Signature V2 (query or form) or V4 (header or presigned). The signature is checked
 * before the time. A V2 `Signature` parameter wins over any Authorization header: euca2ools 1.3 sends both.
 *
 * Throws MalleeError with `MissingAuthenticationToken`, `IncompleteSignature`, `InvalidClientTokenId`,
 * `SignatureDoesNotMatch`, `RequestExpired`, and for wrong V2 parameters `InvalidParameterValue`,
 * `InvalidParameterCombination`, `MissingParameter`.
 */
export async function authenticateEc2Query<T>(
  request: Ec2Request,
  lookup: KeyLookup<T>,
  now: Date,
): Promise<Ec2Authentication<T>> {
  if (v2Parameter(request.parameters, 'Signature') !== undefined) return await authenticateV2(request, lookup, now);
  const query = queryParameters(request.rawQuery);
  const authorization = headerValue(request.headers, 'authorization') ?? '';
  const presigned = query.has('X-Amz-Signature') || query.has('X-Amz-Credential') || query.has('X-Amz-Algorithm');
  if (!presigned && !authorization.startsWith(V4_ALGORITHM)) {
    throw missing(v2Parameter(request.parameters, 'AWSAccessKeyId') !== undefined || authorization !== '');
  }
  const claim = presigned ? claimOfQuery(query, 'IncompleteSignature') : claimOfHeader(request, 'IncompleteSignature');
  const holder = await holderOf(lookup, claim.accessKeyId);
  if (!verifyEc2V4(request, claim, holder.secretKey)) throw mismatch();
  checkEc2V4Time(claim, now);
  return { principal: holder.principal, accessKeyId: claim.accessKeyId, version: 'V4' };
}

async function authenticateV2<T>(request: Ec2Request, lookup: KeyLookup<T>, now: Date): Promise<Ec2Authentication<T>> {
  const accessKeyId = v2Parameter(request.parameters, 'AWSAccessKeyId');
  if (!accessKeyId) throw new MalleeError('IncompleteSignature', 'The parameter AWSAccessKeyId is missing.');
  const version = v2Parameter(request.parameters, 'SignatureVersion');
  if (version === undefined) throw new MalleeError('IncompleteSignature', 'The parameter SignatureVersion is missing.');
  if (version !== '2') {
    throw new MalleeError('InvalidParameterValue', 'SignatureVersion must be 2 (or sign with Signature V4).');
  }
  const holder = await holderOf(lookup, accessKeyId);
  if (!verifyEc2V2(request, holder.secretKey)) throw mismatch();
  checkEc2V2Time(request, now);
  return { principal: holder.principal, accessKeyId, version: 'V2' };
}

async function holderOf<T>(lookup: KeyLookup<T>, accessKeyId: string): Promise<KeyHolder<T>> {
  const holder = /^[\x21-\x7e]{1,128}$/.test(accessKeyId) ? await lookup(accessKeyId) : undefined;
  if (holder === undefined) {
    throw new MalleeError('InvalidClientTokenId', 'The access key id is not known to this cloud.');
  }
  return holder;
}

function missing(partly: boolean): MalleeError {
  return partly
    ? new MalleeError('IncompleteSignature', 'The request has credentials but no signature of version 2 or 4.')
    : new MalleeError('MissingAuthenticationToken', 'The request is not signed.');
}

function mismatch(): MalleeError {
  return new MalleeError(
    'SignatureDoesNotMatch',
    'The signature of the request does not match the one calculated here. Check the secret access key and how it signs.',
  );
}
