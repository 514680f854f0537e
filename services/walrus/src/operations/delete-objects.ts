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
const KEYS_AT_ONCE = 4;

interface Item {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly size: string | undefined;
}

/** POST /bucket?delete: up to 1000 keys, each with its own outcome; what is about one key in the order of the request. */
export async function deleteObjects(context: BucketContext): Promise<void> {
  const bucket = await bucketOf(context);
  const { items, quiet } = readDelete(await receiveXml(context, 'Delete'));
  const results = new Map<Item, string>(items.map((item) => [item, '']));
  const byKey = sameKeys(items);
  const work = async (): Promise<void> => {
    for (let sameKey = byKey.shift(); sameKey !== undefined; sameKey = byKey.shift()) {
      for (const item of sameKey) results.set(item, await deleteOne(context, bucket, item, quiet));
    }
  };
  await Promise.all(Array.from({ length: KEYS_AT_ONCE }, work));
  sendXml(context.response, 200, s3Document('DeleteResult', [...results.values()]));
}

function sameKeys(items: readonly Item[]): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.key, [...(groups.get(item.key) ?? []), item]);
  return [...groups.values()];
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
    if (error.status >= 500) context.services.logger.error({ err: cause, key }, 'a key of many was not deleted');
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
