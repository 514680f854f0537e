import { createHash } from 'node:crypto';
import type { Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { BlobStore } from './blob-store.js';
import { blobCipher, type Keyring } from './encryption.js';
import { openVersion, type ObjectData } from './object-data.js';
import type { StoredObject } from './objects.js';
import { putVersion } from './write-version.js';

/** Gives an object other bytes in place of those it is known to have; all else about it stays. No access check. */
export type ObjectReplacer = (bucket: string, key: string, before: Buffer, after: Buffer) => Promise<void>;

/**
 * An `ObjectReplacer` over Postgres and a blob store. Rejects with `PreconditionFailed` when the object is no longer that one, and with
 * `AccessDenied` when only its owner has the key.
 */
export function createObjectReplacer(pool: Pool, blobs: BlobStore, keys: Keyring): ObjectReplacer {
  return async (bucket, key, before, after) => {
    const opened = await openVersion(pool, blobs, bucket, key);
    if (opened === undefined || opened.object.deleteMarker) throw changed();
    const { uploadId: _parts, ...object } = opened.object;
    const dataKey = dataKeyOf(keys, object);
    if (!(await hasContent(opened.data, dataKey, before))) throw changed();
    const blobId = await store(blobs, dataKey, after);
    const etag = createHash('md5').update(after).digest('hex');
    try {
      await putVersion(pool, { ...object, blobId, size: after.length, etag, checksum: undefined }, (now) => {
        if (now?.rank !== object.rank) throw changed();
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'Database.Unavailable') await blobs.remove(blobId);
      throw error;
    }
  };
}

function dataKeyOf(keys: Keyring, { encryption }: Pick<StoredObject, 'encryption'>): Buffer | undefined {
  if (encryption?.kind === 'SSE-C') {
    throw new MalleeError('AccessDenied', 'The object is encrypted with a key that only its owner has.');
  }
  return encryption === undefined ? undefined : keys.open(encryption);
}

async function hasContent(data: ObjectData, dataKey: Buffer | undefined, expected: Buffer): Promise<boolean> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of data.stream(dataKey) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > expected.length) return false;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).equals(expected);
}

async function store(blobs: BlobStore, dataKey: Buffer | undefined, bytes: Buffer): Promise<string> {
  const writer = await blobs.create();
  try {
    await writer.write(dataKey === undefined ? bytes : blobCipher(dataKey, writer.id).update(bytes));
    await writer.commit();
    return writer.id;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function changed(): MalleeError {
  return new MalleeError('PreconditionFailed', 'The object was replaced meanwhile.');
}
