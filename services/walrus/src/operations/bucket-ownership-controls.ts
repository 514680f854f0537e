import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { childOf, malformed, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import type { ObjectOwnership } from '../storage/bucket-settings.js';
import { setSetting } from '../storage/buckets.js';
import { privateAcl } from '../s3/acl-request.js';

const VALUES: readonly string[] = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];

/** GET /bucket?ownershipControls */
export async function getBucketOwnershipControls(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketOwnershipControls' });
  if (settings.ownership === undefined) {
    throw new MalleeError('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found');
  }
  const rule = element('Rule', field('ObjectOwnership', settings.ownership));
  sendXml(context.response, 200, s3Document('OwnershipControls', rule));
}

/** PUT /bucket?ownershipControls */
export async function putBucketOwnershipControls(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketOwnershipControls' });
  const rule = childOf(await receiveXml(context, 'OwnershipControls'), 'Rule');
  if (rule === undefined) throw malformed();
  const ownership = readOwnership(textOf(rule, 'ObjectOwnership')?.trim() ?? '');
  const [own] = privateAcl(bucket.owner);
  const others = bucket.acl.some(
    ({ grantee }) => grantee.type !== 'user' || own?.grantee.type !== 'user' || grantee.id !== own.grantee.id,
  );
  if (ownership === 'BucketOwnerEnforced' && others) {
    throw new MalleeError(
      'InvalidBucketAclWithObjectOwnership',
      'Bucket cannot have ACLs set with ObjectOwnership BucketOwnerEnforced setting',
    );
  }
  await setSetting(context.services.pool, bucket.name, 'ownership', ownership);
  sendEmpty(context.response, 200);
}

/** DELETE /bucket?ownershipControls */
export async function deleteBucketOwnershipControls(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketOwnershipControls' });
  await setSetting(context.services.pool, bucket.name, 'ownership', undefined);
  sendEmpty(context.response, 204);
}

/** Throws `MalformedXML` for a value S3 does not have. */
export function readOwnership(text: string): ObjectOwnership {
  if (!VALUES.includes(text)) throw malformed();
  return text as ObjectOwnership;
}
