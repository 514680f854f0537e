import { escapeText } from '@mallee/xml';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { sendXml } from '../s3/respond.js';
import { s3Document } from '../s3/xml.js';

/** GET /bucket?location: what CreateBucket was given. */
export async function getBucketLocation(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:GetBucketLocation' });
  sendXml(context.response, 200, s3Document('LocationConstraint', escapeText(bucket.location)));
}
