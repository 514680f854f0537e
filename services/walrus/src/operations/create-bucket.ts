import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { aclOfHeaders, privateAcl } from '../s3/acl-request.js';
import { requireCaller } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { childOf, malformed, readXml, receiveText, textOf } from '../s3/documents.js';
import { sendEmpty } from '../s3/respond.js';
import { MAX_BUCKET_TAGS, tagsOfElement } from '../s3/tags.js';
import { readOwnership } from './bucket-ownership-controls.js';
import { checkBucketName, createBucket as insertBucket } from '../storage/buckets.js';
import type { BucketSettings, Tag } from '../storage/bucket-settings.js';

const MAX_BODY = 64 * 1024;

/** PUT /bucket: owner is the account of the caller. Any location constraint is kept and given back. */
export async function createBucket(context: BucketContext): Promise<void> {
  const caller = requireCaller(context);
  const { headers, services, bucketName: name } = context;
  checkBucketName(name);
  const { location, tagging } = configurationOf(await bodyOf(context));
  const ownership = headerValue(headers, 'x-amz-object-ownership');
  const objectLock = headerValue(headers, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true';
  const settings: BucketSettings = {
    ...(ownership === undefined ? {} : { ownership: readOwnership(ownership) }),
    ...(objectLock ? { objectLock: {} } : {}),
    ...(tagging.length === 0 ? {} : { tagging }),
  };
  const { accountId, canonicalId, displayName } = caller;
  const owner = { accountId, canonicalId, displayName };
  const given = await aclOfHeaders(context, owner);
  if (settings.ownership === 'BucketOwnerEnforced' && given !== undefined && given.length > 1) {
    throw new MalleeError(
      'InvalidBucketAclWithObjectOwnership',
      'Bucket cannot have ACLs set with ObjectOwnership BucketOwnerEnforced setting',
    );
  }
  const versioning = objectLock ? 'enabled' : 'off';
  await insertBucket(services.pool, { name, owner, location, acl: given ?? privateAcl(owner), versioning, settings });
  sendEmpty(context.response, 200, { location: `/${name}` });
}

async function bodyOf(context: BucketContext): Promise<Buffer> {
  const { headers } = context;
  const without = headerValue(headers, 'content-length') ?? headerValue(headers, 'transfer-encoding');
  return without === undefined ? Buffer.alloc(0) : await receiveText(context, MAX_BODY);
}

function configurationOf(body: Buffer): { location: string; tagging: Tag[] } {
  if (body.length === 0) return { location: '', tagging: [] };
  const root = readXml(body, 'CreateBucketConfiguration');
  const location = textOf(root, 'LocationConstraint')?.trim() ?? '';
  if (!/^[A-Za-z0-9._:-]{0,64}$/.test(location)) throw malformed();
  const tags = childOf(root, 'Tags');
  return { location, tagging: tags === undefined ? [] : tagsOfElement(tags, MAX_BUCKET_TAGS) };
}
