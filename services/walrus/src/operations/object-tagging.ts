import type { OutgoingHttpHeaders } from 'node:http';
import { authorize, bucketOf } from '../s3/authorize.js';
import type { ObjectContext } from '../s3/context.js';
import { receiveXml } from '../s3/documents.js';
import { findReadable } from '../s3/open-readable.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { MAX_OBJECT_TAGS, readTagging, tagSetElement } from '../s3/tags.js';
import { s3Document } from '../s3/xml.js';
import type { Bucket } from '../storage/buckets.js';
import { setTags } from '../storage/change-version.js';
import { findVersion, type StoredObject } from '../storage/objects.js';

/** GET /bucket/key?tagging */
export async function getObjectTagging(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:GetObjectTagging', version: 's3:GetObjectVersionTagging' };
  const { object, bucket } = await findReadable(context, actions);
  sendXml(context.response, 200, s3Document('Tagging', tagSetElement(object.tags)), versionHeader(bucket, object));
}

/** PUT /bucket/key?tagging */
export async function putObjectTagging(context: ObjectContext): Promise<void> {
  const { services, key } = context;
  const tags = readTagging(await receiveXml(context, 'Tagging'), MAX_OBJECT_TAGS);
  const bucket = await bucketOf(context);
  const versionId = context.query.get('versionId') || undefined;
  const existing = await findVersion(services.pool, bucket.name, key, versionId);
  const action = versionId === undefined ? 's3:PutObjectTagging' : 's3:PutObjectVersionTagging';
  authorize(context, bucket, { action, key, object: existing, tags });
  const { object } = await findReadable(context, { current: action, version: action });
  await setTags(services.pool, object, tags);
  sendEmpty(context.response, 200, versionHeader(bucket, object));
}

/** DELETE /bucket/key?tagging */
export async function deleteObjectTagging(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:DeleteObjectTagging', version: 's3:DeleteObjectVersionTagging' };
  const { object, bucket } = await findReadable(context, actions);
  await setTags(context.services.pool, object, []);
  sendEmpty(context.response, 204, versionHeader(bucket, object));
}

function versionHeader(bucket: Bucket, object: StoredObject): OutgoingHttpHeaders {
  return bucket.versioning === 'off' ? {} : { 'x-amz-version-id': object.versionId };
}
