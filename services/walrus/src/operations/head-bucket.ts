import { bucketOf, mayList, require } from '../s3/access.js';
import type { BucketContext } from '../s3/context.js';
import { sendEmpty } from '../s3/respond.js';

/** HEAD /bucket: whether it exists and the caller may list it. */
export async function headBucket(context: BucketContext): Promise<void> {
  const bucket = await bucketOf(context);
  require(mayList(context.caller, bucket));
  sendEmpty(context.response, 200, { 'x-amz-bucket-region': bucket.location || context.services.region });
}
