import type { Queryable } from '@mallee/database';
import type { BlobReader, BlobStore } from './blob-store.js';
import type { ObjectReader, ObjectStat, OpenObject } from './object-reader.js';
import { findObject, type StoredObject } from './objects.js';

/** The `ObjectReader` over Postgres and a blob store. */
export function createObjectReader(db: Queryable, blobs: BlobStore): ObjectReader {
  return {
    async openObject(bucket, key) {
      const opened = await openStored(db, blobs, bucket, key);
      return opened === undefined ? undefined : openObject(opened.object, opened.blob);
    },
    async statObject(bucket, key) {
      const object = await findObject(db, bucket, key);
      return object === undefined ? undefined : statOf(object);
    },
  };
}

/**
 * The row of an object together with its open blob. Between reading the row and opening the blob the object may be
 * replaced and the old blob removed; then the new row is read.
 */
export async function openStored(
  db: Queryable,
  blobs: BlobStore,
  bucket: string,
  key: string,
): Promise<{ object: StoredObject; blob: BlobReader } | undefined> {
  let missing: string | undefined;
  for (;;) {
    const object = await findObject(db, bucket, key);
    if (object === undefined) return undefined;
    const blob = await blobs.open(object.blobId);
    if (blob !== undefined) return { object, blob };
    if (missing === object.blobId) throw new Error(`blob ${object.blobId} of ${bucket}/${key} is missing`);
    missing = object.blobId;
  }
}

function statOf(object: StoredObject): ObjectStat {
  return {
    bucket: object.bucket,
    key: object.key,
    size: object.size,
    etag: object.etag,
    lastModified: object.lastModified,
    ownerAccountId: object.owner.accountId,
  };
}

function openObject(object: StoredObject, blob: BlobReader): OpenObject {
  return { ...statOf(object), stream: (range) => blob.stream(range), close: () => blob.close() };
}
