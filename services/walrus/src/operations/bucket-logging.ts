import { MalleeError } from '@mallee/errors';
import { canonicalize } from '@mallee/xml';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { childOf, malformed, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { findBucket, setSetting, type Bucket } from '../storage/buckets.js';
import { mayDeliver } from '../access-logs/may-deliver.js';

/** What follows the prefix must fit into a key, too. */
const MAX_PREFIX_BYTES = 800;

/** GET /bucket?logging */
export async function getBucketLogging(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketLogging' });
  const { logging } = settings;
  const enabled =
    logging === undefined
      ? undefined
      : element(
          'LoggingEnabled',
          field('TargetBucket', logging.bucket),
          field('TargetPrefix', logging.prefix),
          logging.grants,
        );
  sendXml(context.response, 200, s3Document('BucketLoggingStatus', enabled));
}

/** PUT /bucket?logging: from now on each request is logged (access-logs/); an empty document turns it off. Throws `InvalidTargetBucketForLogging`. */
export async function putBucketLogging(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketLogging' });
  const { pool } = context.services;
  const enabled = childOf(await receiveXml(context, 'BucketLoggingStatus'), 'LoggingEnabled');
  if (enabled === undefined) {
    await setSetting(pool, bucket.name, 'logging', undefined);
    await context.services.accessLogs?.refresh();
    sendEmpty(context.response, 200);
    return;
  }
  const [target, prefix] = [textOf(enabled, 'TargetBucket')?.trim(), textOf(enabled, 'TargetPrefix')];
  const grants = childOf(enabled, 'TargetGrants');
  if (target === undefined || prefix === undefined) throw malformed();
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) {
    throw new MalleeError('InvalidArgument', `The target prefix may have ${MAX_PREFIX_BYTES} bytes.`);
  }
  checkTarget(bucket, await findBucket(pool, target), prefix);
  await setSetting(pool, bucket.name, 'logging', {
    bucket: target,
    prefix,
    ...(grants === undefined ? {} : { grants: canonicalize(grants).toString() }),
  });
  await context.services.accessLogs?.refresh();
  sendEmpty(context.response, 200);
}

/** The owner of the source must own the target too, and let logs in: nobody gets logs of others, nor fills their buckets. */
function checkTarget(bucket: Bucket, target: Bucket | undefined, prefix: string): void {
  if (target !== undefined && mayDeliver(bucket, target, prefix)) return;
  throw new MalleeError(
    'InvalidTargetBucketForLogging',
    'The target bucket for logging does not exist, is not owned by you, or does not have the appropriate grants for the log-delivery group.',
  );
}
