import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { malformed, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?requestPayment */
export async function getBucketRequestPayment(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketRequestPayment' });
  const payer = settings.requesterPays === true ? 'Requester' : 'BucketOwner';
  sendXml(context.response, 200, s3Document('RequestPaymentConfiguration', field('Payer', payer)));
}

/** PUT /bucket?requestPayment: kept; nobody is billed here. */
export async function putBucketRequestPayment(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketRequestPayment' });
  const payer = textOf(await receiveXml(context, 'RequestPaymentConfiguration'), 'Payer')?.trim();
  if (payer !== 'Requester' && payer !== 'BucketOwner') throw malformed();
  await setSetting(context.services.pool, bucket.name, 'requesterPays', payer === 'Requester');
  sendEmpty(context.response, 200);
}
