import { createHmac } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { equalText } from './constant-time.js';
import type { KeyHolder, KeyLookup } from './request.js';
import { isFresh, parseBasic } from './timestamps.js';
import { deriveSigningKey, hmacSha256, V4_ALGORITHM } from './v4-canonical.js';

/**
 * Authenticates a browser POST form by the signature over its policy (V2 or V4). `fields` by lower-case name. Undefined for a
 * form without a policy, which is anonymous. Throws `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `InvalidArgument`,
 * `RequestTimeTooSkewed`. That the policy allows the form is for the caller to check.
 */
export async function authenticateS3Post<T>(
  fields: ReadonlyMap<string, string>,
  lookup: KeyLookup<T>,
  now: Date,
): Promise<T | undefined> {
  const policy = fields.get('policy');
  const isV4 = fields.has('x-amz-algorithm') || fields.has('x-amz-credential') || fields.has('x-amz-signature');
  const isV2 = fields.has('awsaccesskeyid') || fields.has('signature');
  if (policy === undefined) {
    if (!isV4 && !isV2) return undefined;
    throw missing('policy');
  }
  return isV4 ? await byV4(fields, policy, lookup, now) : await byV2(fields, policy, lookup);
}

async function byV2<T>(fields: ReadonlyMap<string, string>, policy: string, lookup: KeyLookup<T>): Promise<T> {
  const accessKeyId = required(fields, 'AWSAccessKeyId');
  const signature = required(fields, 'Signature');
  const holder = await holderOf(lookup, accessKeyId);
  const expected = createHmac('sha1', holder.secretKey).update(policy, 'utf8').digest('base64');
  if (!equalText(signature, expected)) throw mismatch();
  return holder.principal;
}

async function byV4<T>(
  fields: ReadonlyMap<string, string>,
  policy: string,
  lookup: KeyLookup<T>,
  now: Date,
): Promise<T> {
  if (required(fields, 'x-amz-algorithm') !== V4_ALGORITHM) {
    throw new MalleeError('InvalidArgument', `x-amz-algorithm must be ${V4_ALGORITHM}.`);
  }
  const [accessKeyId, day, region, service, end, ...more] = required(fields, 'x-amz-credential').split('/');
  const timestamp = required(fields, 'x-amz-date');
  const signature = required(fields, 'x-amz-signature');
  const at = parseBasic(timestamp);
  const sound = accessKeyId && day === timestamp.slice(0, 8) && region && service && end === 'aws4_request';
  if (!sound || more.length > 0 || at === undefined) {
    throw new MalleeError('InvalidArgument', 'x-amz-credential or x-amz-date is malformed.');
  }
  const holder = await holderOf(lookup, accessKeyId);
  const key = deriveSigningKey(holder.secretKey, { day, region, service });
  if (!equalText(signature, hmacSha256(key, policy).toString('hex'))) throw mismatch();
  // How long a form lives is said by its policy; the date only must not lie in the future.
  if (at > now && !isFresh(at, now)) {
    throw new MalleeError('RequestTimeTooSkewed', 'The date of the form lies in the future.');
  }
  return holder.principal;
}

async function holderOf<T>(lookup: KeyLookup<T>, accessKeyId: string): Promise<KeyHolder<T>> {
  const holder = /^[\x21-\x7e]{1,128}$/.test(accessKeyId) ? await lookup(accessKeyId) : undefined;
  if (holder === undefined) {
    throw new MalleeError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  return holder;
}

function required(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name.toLowerCase());
  if (value === undefined || value === '') throw missing(name);
  return value;
}

function missing(name: string): MalleeError {
  return new MalleeError('InvalidArgument', `Bucket POST must contain a field named '${name}'.`);
}

function mismatch(): MalleeError {
  return new MalleeError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}
