import { headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { findBucket, noSuchBucket, type Bucket } from '../storage/buckets.js';
import { isCannedAcl, type CannedAcl } from '../storage/canned-acl.js';
import type { StoredObject } from '../storage/objects.js';
import type { BucketContext, Caller, S3Context } from './context.js';

/** The canned ACL of a request, `private` by default. Throws `InvalidArgument`, and `NotImplemented` for grant headers. */
export function cannedAclOf(headers: Headers): CannedAcl {
  const grant = Object.keys(headers).find((name) => name.startsWith('x-amz-grant-'));
  if (grant !== undefined) throw new MalleeError('NotImplemented', `The header ${grant} is not implemented.`);
  const text = headerValue(headers, 'x-amz-acl') ?? 'private';
  if (!isCannedAcl(text)) throw new MalleeError('InvalidArgument', `"${text}" is not a canned ACL.`);
  return text;
}

/** Throws `AccessDenied` unless somebody is signed in. */
export function requireCaller(context: S3Context): Caller {
  if (context.caller === undefined) throw denied();
  return context.caller;
}

/** The bucket of the request; throws `NoSuchBucket`. */
export async function bucketOf(context: BucketContext): Promise<Bucket> {
  const bucket = await findBucket(context.services.pool, context.bucketName);
  if (bucket === undefined) throw noSuchBucket(context.bucketName);
  return bucket;
}

export function mayList(caller: Caller | undefined, bucket: Bucket): boolean {
  return (
    owns(caller, bucket) || readableByAll(bucket.acl) || (caller !== undefined && bucket.acl === 'authenticated-read')
  );
}

export function mayWrite(caller: Caller | undefined, bucket: Bucket): boolean {
  return owns(caller, bucket) || bucket.acl === 'public-read-write';
}

export function mayRead(caller: Caller | undefined, object: StoredObject, bucket: Bucket): boolean {
  if (owns(caller, object) || readableByAll(object.acl)) return true;
  if (caller === undefined) return false;
  const forBucketOwner = object.acl === 'bucket-owner-read' || object.acl === 'bucket-owner-full-control';
  return object.acl === 'authenticated-read' || (forBucketOwner && owns(caller, bucket));
}

/** Throws `AccessDenied` unless the caller owns the bucket (or administers the cloud). */
export function requireOwner(caller: Caller | undefined, bucket: Bucket): void {
  if (!owns(caller, bucket)) throw denied();
}

/** Throws `AccessDenied` unless `allowed`. */
export function require(allowed: boolean): void {
  if (!allowed) throw denied();
}

function denied(): MalleeError {
  return new MalleeError('AccessDenied', 'Access Denied');
}

function owns(caller: Caller | undefined, thing: Bucket | StoredObject): boolean {
  return caller !== undefined && (caller.isAdmin || caller.accountId === thing.owner.accountId);
}

function readableByAll(acl: CannedAcl): boolean {
  return acl === 'public-read' || acl === 'public-read-write';
}
