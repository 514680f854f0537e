import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import { bucketOf, denied, isAllowed } from '../s3/authorize.js';
import { valuePrecondition } from '../s3/conditions.js';
import type { BucketContext } from '../s3/context.js';
import { childrenOf, malformed, receiveXml, textOf } from '../s3/documents.js';
import { toS3Error } from '../s3/error-response.js';
import { checkKey } from '../s3/path.js';
import { removeObject } from '../s3/remove-object.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import type { Bucket } from '../storage/buckets.js';

const MAX_KEYS = 1000;

interface Item {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly size: string | undefined;
}

/** POST /bucket?delete: up to 1000 keys, each with its own outcome. */
export async function deleteObjects(context: BucketContext): Promise<void> {
  const bucket = await bucketOf(context);
  const { items, quiet } = readDelete(await receiveXml(context, 'Delete'));
  const results: string[] = [];
  for (const item of items) results.push(await deleteOne(context, bucket, item, quiet));
  sendXml(context.response, 200, s3Document('DeleteResult', results));
}

async function deleteOne(context: BucketContext, bucket: Bucket, item: Item, quiet: boolean): Promise<string> {
  const { key, versionId } = item;
  try {
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    checkKey(key);
    if (!isAllowed(context, bucket, { action, key })) throw denied();
    const removed = await removeObject(context, bucket, item, valuePrecondition(item));
    if (quiet) return '';
    return element(
      'Deleted',
      field('Key', key),
      field('VersionId', versionId),
      removed.marker ? [field('DeleteMarker', true), field('DeleteMarkerVersionId', removed.versionId)] : undefined,
    );
  } catch (cause) {
    const error = toS3Error(cause);
    const version = field('VersionId', versionId);
    return element('Error', field('Key', key), version, field('Code', error.code), field('Message', error.message));
  }
}

function readDelete(root: XmlElement): { items: Item[]; quiet: boolean } {
  const items = childrenOf(root, 'Object').map((object) => ({
    key: textOf(object, 'Key') ?? '',
    versionId: textOf(object, 'VersionId') || undefined,
    etag: textOf(object, 'ETag'),
    lastModified: textOf(object, 'LastModifiedTime'),
    size: textOf(object, 'Size'),
  }));
  if (items.length === 0 || items.length > MAX_KEYS) throw malformed();
  if (items.some(({ key }) => key === '')) {
    throw new MalleeError('InvalidRequest', 'A key to delete is empty.');
  }
  return { items, quiet: textOf(root, 'Quiet')?.trim().toLowerCase() === 'true' };
}
