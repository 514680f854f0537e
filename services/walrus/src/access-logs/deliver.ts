import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from '@mallee/database';
import { lockOfNewObject } from '../s3/object-lock.js';
import { privateAcl } from '../s3/acl-request.js';
import { encryptionOfNewObject } from '../s3/sse.js';
import { commitBlob } from '../s3/store-blob.js';
import type { BlobStore } from '../storage/blob-store.js';
import { findBucket, type Bucket } from '../storage/buckets.js';
import { blobCipher, type Keyring } from '../storage/encryption.js';
import { putVersion } from '../storage/write-version.js';
import { mayDeliver } from './may-deliver.js';

export interface DeliveryParts {
  readonly pool: Pool;
  readonly blobs: BlobStore;
  readonly keys: Keyring;
  readonly now: () => Date;
}

/** What became of the lines: the key they are under, or why they are dropped. */
export type Delivery = { readonly key: string } | { readonly dropped: string };

/**
 * Puts lines about the bucket `source` into the bucket that its logging names, as one object `PREFIXyyyy-mm-dd-HH-MM-SS-UNIQUE` (UTC) of
 * the owner, encrypted and locked as the target has it for new objects. Rejects when database or disk fail: then it may be tried again.
 */
export async function deliver(parts: DeliveryParts, source: string, lines: Buffer): Promise<Delivery> {
  const { pool, now } = parts;
  const from = await findBucket(pool, source);
  const logging = from?.settings.logging;
  if (from === undefined || logging === undefined) return { dropped: 'the bucket is not logged any more' };
  const target = await findBucket(pool, logging.bucket);
  if (target === undefined) return { dropped: `the target bucket ${logging.bucket} does not exist` };
  if (Buffer.byteLength(logging.prefix) > 900) return { dropped: 'the target prefix is too long' }; // set before there was a limit
  const key = `${logging.prefix}${stamp(now())}-${randomBytes(8).toString('hex').toUpperCase()}`;
  if (!mayDeliver(from, target, key)) return { dropped: `the target bucket ${logging.bucket} takes no logs` };
  await put(parts, target, key, lines);
  return { key };
}

async function put(
  { pool, blobs, keys, now }: DeliveryParts,
  target: Bucket,
  key: string,
  lines: Buffer,
): Promise<void> {
  const silent = { headers: {}, services: { keys, now } };
  const chosen = encryptionOfNewObject(silent, target);
  const lock = lockOfNewObject(silent, target);
  const writer = await blobs.create();
  try {
    await writer.write(chosen === undefined ? lines : blobCipher(chosen.dataKey, writer.id).update(lines));
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const described = {
    contentType: 'text/plain',
    headers: {},
    metadata: {},
    tags: [],
    storageClass: 'STANDARD',
    ...lock,
  };
  await commitBlob(blobs, writer.id, () =>
    putVersion(pool, {
      ...described,
      bucket: target.name,
      key,
      blobId: writer.id,
      size: lines.length,
      etag: createHash('md5').update(lines).digest('hex'),
      checksum: undefined,
      encryption: chosen?.encryption,
      owner: target.owner,
      acl: privateAcl(target.owner),
    }),
  );
}

function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[T:]/g, '-');
}
