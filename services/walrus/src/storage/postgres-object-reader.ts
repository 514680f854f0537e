import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { BlobStore } from './blob-store.js';
import type { Keyring } from './encryption.js';
import { openVersion } from './object-data.js';
import type { ObjectReader, ObjectStat } from './object-reader.js';
import { findObject, type StoredObject } from './objects.js';

/** The `ObjectReader` over Postgres and a blob store; `keys` opens what is encrypted at rest. */
export function createObjectReader(db: Queryable, blobs: BlobStore, keys?: Keyring): ObjectReader {
  return {
    async openObject(bucket, key) {
      const opened = await openVersion(db, blobs, bucket, key);
      if (opened === undefined || opened.object.deleteMarker) return undefined;
      const { object, data } = opened;
      const { encryption } = object;
      if (encryption?.kind === 'SSE-C' || (encryption !== undefined && keys === undefined)) {
        await data.close();
        throw new MalleeError('AccessDenied', 'The object is encrypted with a key that only its owner has.');
      }
      const dataKey = encryption === undefined ? undefined : keys?.open(encryption);
      return { ...statOf(object), stream: (range) => data.stream(dataKey, range), close: () => data.close() };
    },
    async statObject(bucket, key) {
      const object = await findObject(db, bucket, key);
      return object === undefined ? undefined : statOf(object);
    },
  };
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
