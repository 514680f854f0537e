import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';

/** GET /bucket?website: clients ask whether there is one; there never is. */
export async function getBucketWebsite(context: BucketContext): Promise<void> {
  await authorizedBucket(context, { action: 's3:GetBucketWebsite' });
  throw new MalleeError('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration');
}

/** GET /bucket?replication: clients ask whether there is one; there never is. */
export async function getBucketReplication(context: BucketContext): Promise<void> {
  await authorizedBucket(context, { action: 's3:GetReplicationConfiguration' });
  throw new MalleeError('ReplicationConfigurationNotFoundError', 'The replication configuration was not found');
}
