import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?publicAccessBlock */
export async function getPublicAccessBlock(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketPublicAccessBlock' });
  const block = settings.publicAccessBlock;
  if (block === undefined) {
    throw new MalleeError(
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
    );
  }
  const document = s3Document(
    'PublicAccessBlockConfiguration',
    field('BlockPublicAcls', block.blockPublicAcls),
    field('IgnorePublicAcls', block.ignorePublicAcls),
    field('BlockPublicPolicy', block.blockPublicPolicy),
    field('RestrictPublicBuckets', block.restrictPublicBuckets),
  );
  sendXml(context.response, 200, document);
}

/** PUT /bucket?publicAccessBlock */
export async function putPublicAccessBlock(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketPublicAccessBlock' });
  const root = await receiveXml(context, 'PublicAccessBlockConfiguration');
  const flag = (name: string): boolean => textOf(root, name)?.trim().toLowerCase() === 'true';
  await setSetting(context.services.pool, bucket.name, 'publicAccessBlock', {
    blockPublicAcls: flag('BlockPublicAcls'),
    ignorePublicAcls: flag('IgnorePublicAcls'),
    blockPublicPolicy: flag('BlockPublicPolicy'),
    restrictPublicBuckets: flag('RestrictPublicBuckets'),
  });
  sendEmpty(context.response, 200);
}

/** DELETE /bucket?publicAccessBlock */
export async function deletePublicAccessBlock(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketPublicAccessBlock' });
  await setSetting(context.services.pool, bucket.name, 'publicAccessBlock', undefined);
  sendEmpty(context.response, 204);
}
