import { MalleeError } from '@mallee/errors';
import type { Bucket } from '../storage/buckets.js';
import { openVersion, type ObjectData } from '../storage/object-data.js';
import { findVersion, type StoredObject } from '../storage/objects.js';
import { authorize, bucketOf, denied, isAllowed } from './authorize.js';
import type { ObjectContext } from './context.js';

export interface Readable {
  readonly bucket: Bucket;
  readonly object: StoredObject;
  readonly data: ObjectData;
}

/**
 * The object (the version named, or the current one) and its data, if the caller may read it. Who may not list learns
 * nothing about which keys exist. Throws `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` (a delete marker), `AccessDenied`.
 */
export async function openReadable(context: ObjectContext, versionId: string | undefined): Promise<Readable> {
  const { services, key } = context;
  const bucket = await bucketOf(context);
  const opened = await openVersion(services.pool, services.blobs, bucket.name, key, versionId || undefined);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  try {
    const object = checkedVersion(context, bucket, opened?.object, { action, versionId });
    return { bucket, object, data: opened!.data };
  } catch (error) {
    await opened?.data.close();
    throw error;
  }
}

/** The row alone, for what is said about an object (tags, ACL, retention ...). */
export async function findReadable(
  context: ObjectContext,
  actions: { readonly current: string; readonly version: string },
): Promise<{ bucket: Bucket; object: StoredObject }> {
  const { services, key } = context;
  const versionId = context.query.get('versionId') || undefined;
  const bucket = await bucketOf(context);
  const found = await findVersion(services.pool, bucket.name, key, versionId);
  const action = versionId === undefined ? actions.current : actions.version;
  return { bucket, object: checkedVersion(context, bucket, found, { action, versionId }) };
}

function checkedVersion(
  context: ObjectContext,
  bucket: Bucket,
  object: StoredObject | undefined,
  wish: { readonly action: string; readonly versionId: string | undefined },
): StoredObject {
  const { key } = context;
  const { action, versionId } = wish;
  if (object !== undefined && !object.deleteMarker) {
    authorize(context, bucket, { action, key, object });
    return object;
  }
  if (!isAllowed(context, bucket, { action: 's3:ListBucket', prefix: key })) throw denied();
  if (object?.deleteMarker === true) {
    context.response.setHeader('x-amz-delete-marker', 'true');
    context.response.setHeader('x-amz-version-id', object.versionId);
    if (versionId !== undefined) {
      throw new MalleeError('MethodNotAllowed', 'The specified method is not allowed against this resource.');
    }
  }
  if (versionId !== undefined) throw new MalleeError('NoSuchVersion', 'The specified version does not exist.');
  throw new MalleeError('NoSuchKey', 'The specified key does not exist.');
}
