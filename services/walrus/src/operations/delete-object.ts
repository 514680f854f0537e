import { authorizedBucket } from '../s3/authorize.js';
import { deletePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { removeObject } from '../s3/remove-object.js';
import { sendEmpty } from '../s3/respond.js';

/** DELETE /bucket/key: 204 also when there is no such object. */
export async function deleteObject(context: ObjectContext): Promise<void> {
  const { key, headers } = context;
  const versionId = context.query.get('versionId') || undefined;
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  const bucket = await authorizedBucket(context, { action, key });
  const deleted = await removeObject(context, bucket, { key, versionId }, deletePrecondition(headers));
  sendEmpty(context.response, 204, {
    ...(deleted.versionId === undefined ? {} : { 'x-amz-version-id': deleted.versionId }),
    ...(deleted.marker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
}
