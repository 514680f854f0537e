import type { Bucket } from '../storage/buckets.js';
import type { Tag } from '../storage/bucket-settings.js';
import { authorize, authorizedBucket, denied, isDenied } from './authorize.js';
import type { BucketContext } from './context.js';

/**
 * The bucket, if the caller may put this object and say of it what the headers say. Who may put may also set ACL and tags, unless a
 * policy denies just that; a lock, which outlasts him, takes its own permission. Throws `NoSuchBucket`, `AccessDenied`.
 */
export async function bucketOfNewObject(context: BucketContext, key: string, tags: readonly Tag[]): Promise<Bucket> {
  const bucket = await authorizedBucket(context, { action: 's3:PutObject', key, tags });
  const names = Object.keys(context.headers);
  const says = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (says(/^x-amz-(acl$|grant-)/) && isDenied(context, bucket, { action: 's3:PutObjectAcl', key })) throw denied();
  if (tags.length > 0 && isDenied(context, bucket, { action: 's3:PutObjectTagging', key, tags })) throw denied();
  if (says(/^x-amz-object-lock-(mode|retain-until-date)$/)) {
    authorize(context, bucket, { action: 's3:PutObjectRetention', key });
  }
  if (says(/^x-amz-object-lock-legal-hold$/)) authorize(context, bucket, { action: 's3:PutObjectLegalHold', key });
  return bucket;
}
