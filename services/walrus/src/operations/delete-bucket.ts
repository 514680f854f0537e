import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { sendEmpty } from '../s3/respond.js';
import { deleteBucket as removeBucket } from '../storage/buckets.js';

/** DELETE /bucket: the owner, when it is empty. */
export async function deleteBucket(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:DeleteBucket' });
  await removeBucket(context.services.pool, bucket.name);
  context.services.janitor.collectSoon();
  sendEmpty(context.response, 204);
}
