import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { sendEmpty } from '../s3/respond.js';

/** HEAD /bucket: whether it exists and the caller may list it. */
export async function headBucket(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:ListBucket' });
  sendEmpty(context.response, 200, { 'x-amz-bucket-region': bucket.location || context.services.region });
}
