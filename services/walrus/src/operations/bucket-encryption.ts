import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { childOf, malformed, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?encryption */
export async function getBucketEncryption(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetEncryptionConfiguration' });
  const { encryption } = settings;
  if (encryption === undefined) {
    throw new MalleeError(
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
    );
  }
  const rule = element(
    'Rule',
    element(
      'ApplyServerSideEncryptionByDefault',
      field('SSEAlgorithm', encryption.algorithm),
      field('KMSMasterKeyID', encryption.keyId),
    ),
    field('BucketKeyEnabled', encryption.bucketKey ?? false),
  );
  sendXml(context.response, 200, s3Document('ServerSideEncryptionConfiguration', rule));
}

/** PUT /bucket?encryption: how objects are encrypted that do not say it themselves. */
export async function putBucketEncryption(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutEncryptionConfiguration' });
  const rule = childOf(await receiveXml(context, 'ServerSideEncryptionConfiguration'), 'Rule');
  const byDefault = rule === undefined ? undefined : childOf(rule, 'ApplyServerSideEncryptionByDefault');
  if (rule === undefined || byDefault === undefined) throw malformed();
  const algorithm = textOf(byDefault, 'SSEAlgorithm')?.trim();
  const keyId = textOf(byDefault, 'KMSMasterKeyID')?.trim();
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') throw malformed();
  // It becomes a header of answers.
  if (keyId !== undefined && !/^[\x20-\x7e]{1,2048}$/.test(keyId)) throw malformed();
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw new MalleeError(
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms',
    );
  }
  await setSetting(context.services.pool, bucket.name, 'encryption', {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    bucketKey: textOf(rule, 'BucketKeyEnabled')?.trim() === 'true',
  });
  sendEmpty(context.response, 200);
}

/** DELETE /bucket?encryption */
export async function deleteBucketEncryption(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutEncryptionConfiguration' });
  await setSetting(context.services.pool, bucket.name, 'encryption', undefined);
  sendEmpty(context.response, 204);
}
