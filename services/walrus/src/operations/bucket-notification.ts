import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { receiveXml } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { s3Document } from '../s3/xml.js';

/** GET /bucket?notification: none. */
export async function getBucketNotification(context: BucketContext): Promise<void> {
  await authorizedBucket(context, { action: 's3:GetBucketNotification' });
  sendXml(context.response, 200, s3Document('NotificationConfiguration'));
}

/** PUT /bucket?notification: only the empty one, which turns notifications off. */
export async function putBucketNotification(context: BucketContext): Promise<void> {
  await authorizedBucket(context, { action: 's3:PutBucketNotification' });
  const root = await receiveXml(context, 'NotificationConfiguration');
  if (root.children.length > 0) throw new MalleeError('NotImplemented', 'Notifications are not implemented.');
  sendEmpty(context.response, 200);
}
