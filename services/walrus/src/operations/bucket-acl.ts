import { aclChildren, aclOfHeaders, checkAclAllowed, readAclDocument } from '../s3/acl-request.js';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { receiveXml } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { s3Document } from '../s3/xml.js';
import { setBucketAcl } from '../storage/buckets.js';

/** GET /bucket?acl */
export async function getBucketAcl(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:GetBucketAcl' });
  sendXml(context.response, 200, s3Document('AccessControlPolicy', aclChildren(bucket.acl, bucket.owner)));
}

/** PUT /bucket?acl: canned, by grant headers, or as a document. */
export async function putBucketAcl(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketAcl' });
  const acl =
    (await aclOfHeaders(context, bucket.owner)) ??
    (await readAclDocument(context, await receiveXml(context, 'AccessControlPolicy'), bucket.owner));
  checkAclAllowed(context, bucket, acl);
  await setBucketAcl(context.services.pool, bucket.name, acl);
  sendEmpty(context.response, 200);
}
