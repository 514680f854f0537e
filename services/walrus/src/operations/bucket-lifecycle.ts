import { MalleeError } from '@mallee/errors';
import { lifecycleDocument, readLifecycle } from '../lifecycle/document.js';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { receiveXml } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?lifecycle */
export async function getBucketLifecycle(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetLifecycleConfiguration' });
  if (settings.lifecycle === undefined) {
    throw new MalleeError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist');
  }
  sendXml(context.response, 200, lifecycleDocument(settings.lifecycle));
}

/** PUT /bucket?lifecycle: expiration is carried out by the worker; transitions are kept only. */
export async function putBucketLifecycle(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutLifecycleConfiguration' });
  const rules = readLifecycle(await receiveXml(context, ['LifecycleConfiguration', 'BucketLifecycleConfiguration']));
  await setSetting(context.services.pool, bucket.name, 'lifecycle', rules);
  sendEmpty(context.response, 200);
}

/** DELETE /bucket?lifecycle */
export async function deleteBucketLifecycle(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutLifecycleConfiguration' });
  await setSetting(context.services.pool, bucket.name, 'lifecycle', undefined);
  sendEmpty(context.response, 204);
}
