import { aclChildren, aclOfHeaders, checkAclAllowed, readAclDocument } from '../s3/acl-request.js';
import type { ObjectContext } from '../s3/context.js';
import { receiveXml } from '../s3/documents.js';
import { findReadable } from '../s3/open-readable.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { s3Document } from '../s3/xml.js';
import { setObjectAcl } from '../storage/change-version.js';

/** GET /bucket/key?acl */
export async function getObjectAcl(context: ObjectContext): Promise<void> {
  const { object } = await findReadable(context, { current: 's3:GetObjectAcl', version: 's3:GetObjectVersionAcl' });
  sendXml(context.response, 200, s3Document('AccessControlPolicy', aclChildren(object.acl, object.owner)));
}

/** PUT /bucket/key?acl: canned, by grant headers, or as a document. */
export async function putObjectAcl(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:PutObjectAcl', version: 's3:PutObjectVersionAcl' };
  const { object, bucket } = await findReadable(context, actions);
  const acl =
    (await aclOfHeaders(context, object.owner, bucket.owner)) ??
    (await readAclDocument(context, await receiveXml(context, 'AccessControlPolicy'), object.owner));
  checkAclAllowed(context, bucket, acl);
  await setObjectAcl(context.services.pool, object, acl);
  sendEmpty(context.response, 200, bucket.versioning === 'off' ? {} : { 'x-amz-version-id': object.versionId });
}
