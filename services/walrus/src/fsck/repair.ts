import { transaction, type Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { BlobStore } from '../storage/blob-store.js';
import { deleteVersion } from '../storage/write-version.js';
import type { CheckResult } from './check-store.js';
import type { Finding, Owner } from './findings.js';
import { unknownBlobs } from './references.js';

const FEW = 10;

/**
 * Puts right what can be put right without guessing and gives what is left: contents of a wrong size or digest stay as they are. Objects
 * whose blob is gone go (they could only fail), also locked ones. Refuses when most blobs are missing: then the store is not there at all.
 */
export async function repairStore(
  { pool, blobs }: { readonly pool: Pool; readonly blobs: BlobStore },
  { findings, counts }: CheckResult,
): Promise<Finding[]> {
  const lost = findings.filter(({ kind }) => kind === 'missing-blob').length;
  if (lost > FEW && lost > counts.referenced / 2) {
    throw new MalleeError(
      'Configuration.Invalid',
      `${lost} of ${counts.referenced} blobs are missing: this is not the store of this database, or it is not mounted. Nothing was changed.`,
    );
  }
  const left: Finding[] = [];
  for (const finding of findings) {
    if (!(await repair(pool, blobs, finding))) left.push(finding);
  }
  return left;
}

async function repair(pool: Pool, blobs: BlobStore, finding: Finding): Promise<boolean> {
  switch (finding.kind) {
    case 'orphan-blob':
      // It was no row's a while ago; only the same answer now makes it garbage.
      if ((await unknownBlobs(pool, [finding.blobId])).length > 0) await blobs.remove(finding.blobId);
      return true;
    case 'missing-blob':
      await dropOwner(pool, finding.owner, finding.blobId);
      return true;
    case 'no-parts':
      await dropOwner(pool, finding.owner, undefined);
      return true;
    case 'parts-without-version':
      await pool.query(
        `with gone as (delete from version_part where rank = $1 and not exists (select from object_version where rank = $1)
                       returning blob_id)
         insert into blob_gc (blob_id) select blob_id from gone on conflict do nothing`,
        [finding.rank],
      );
      return true;
    case 'wrong-listing':
      await relist(pool, finding.owner);
      return true;
    case 'wrong-size':
    case 'wrong-digest':
    case 'wrong-size-of-parts':
      return false;
  }
}

/** Removes the version, or the part of an upload, that has no bytes. */
async function dropOwner(pool: Pool, owner: Owner, blobId: string | undefined): Promise<void> {
  const { bucket, key, versionId } = owner;
  if (versionId !== undefined) await deleteVersion(pool, bucket, key, versionId);
  else await pool.query('delete from multipart_part where blob_id = $1', [blobId]);
}

async function relist(pool: Pool, { bucket, key }: Owner): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${bucket}/${key}`]);
    await client.query('update object_version set listed = false where bucket = $1 and object_key = $2 and listed', [
      bucket,
      key,
    ]);
    await client.query(
      `update object_version set listed = true where bucket = $1 and object_key = $2 and not delete_marker
         and rank = (select min(rank) from object_version where bucket = $1 and object_key = $2)`,
      [bucket, key],
    );
  });
}
