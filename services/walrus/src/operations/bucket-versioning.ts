import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { malformed, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { setVersioning } from '../storage/buckets.js';

const WORDS = { off: undefined, enabled: 'Enabled', suspended: 'Suspended' } as const;

/** GET /bucket?versioning: empty while it was never enabled. */
export async function getBucketVersioning(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:GetBucketVersioning' });
  sendXml(context.response, 200, s3Document('VersioningConfiguration', field('Status', WORDS[bucket.versioning])));
}

/** PUT /bucket?versioning */
export async function putBucketVersioning(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketVersioning' });
  const root = await receiveXml(context, 'VersioningConfiguration');
  const status = textOf(root, 'Status')?.trim();
  if (textOf(root, 'MfaDelete')?.trim() === 'Enabled') {
    throw new MalleeError('NotImplemented', 'MFA delete is not implemented.');
  }
  if (status !== 'Enabled' && status !== 'Suspended') throw malformed();
  if (status === 'Suspended' && bucket.settings.objectLock !== undefined) {
    throw new MalleeError(
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  await setVersioning(context.services.pool, bucket.name, status === 'Enabled' ? 'enabled' : 'suspended');
  sendEmpty(context.response, 200);
}
