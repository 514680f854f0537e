import { requireCaller } from '../s3/access.js';
import type { S3Context } from '../s3/context.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { bucketsOf } from '../storage/buckets.js';

/** GET / : the buckets of the caller's account, by name. */
export async function listBuckets(context: S3Context): Promise<void> {
  const caller = requireCaller(context);
  const buckets = await bucketsOf(context.services.pool, caller.accountId);
  const document = s3Document(
    'ListAllMyBucketsResult',
    element('Owner', field('ID', caller.canonicalId), field('DisplayName', caller.displayName)),
    element(
      'Buckets',
      buckets.map((bucket) =>
        element('Bucket', field('Name', bucket.name), field('CreationDate', bucket.createdAt.toISOString())),
      ),
    ),
  );
  sendXml(context.response, 200, document);
}
