import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { receiveXml } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { MAX_BUCKET_TAGS, readTagging, tagSetElement } from '../s3/tags.js';
import { s3Document } from '../s3/xml.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?tagging */
export async function getBucketTagging(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketTagging' });
  if (settings.tagging === undefined || settings.tagging.length === 0) {
    throw new MalleeError('NoSuchTagSet', 'The TagSet does not exist');
  }
  sendXml(context.response, 200, s3Document('Tagging', tagSetElement(settings.tagging)));
}

/** PUT /bucket?tagging */
export async function putBucketTagging(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketTagging' });
  const tags = readTagging(await receiveXml(context, 'Tagging'), MAX_BUCKET_TAGS);
  await setSetting(context.services.pool, bucket.name, 'tagging', tags);
  sendEmpty(context.response, 204);
}

/** DELETE /bucket?tagging */
export async function deleteBucketTagging(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketTagging' });
  await setSetting(context.services.pool, bucket.name, 'tagging', undefined);
  sendEmpty(context.response, 204);
}
