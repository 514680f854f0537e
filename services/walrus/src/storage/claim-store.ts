import { randomUUID } from 'node:crypto';
import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { BlobStore } from './blob-store.js';

/**
 * Holds database and blob store together: both keep one mark, made when they first meet. With a store that is not mounted, or a
 * database that is new or another's, the janitor would take every blob for garbage, and a repair every row. Throws
 * `InvalidStorage.WrongStore` then, and changes nothing. Several processes may claim at the same time.
 */
export async function claimStore(db: Queryable, blobs: BlobStore): Promise<void> {
  await db.query('insert into blob_store (mark) values ($1) on conflict do nothing', [randomUUID()]);
  const { rows } = await db.query<{ mark: string; claimed: boolean }>('select mark, claimed from blob_store');
  const { mark, claimed } = rows[0]!;
  let found = await blobs.readMark();
  if (found === undefined) {
    if (claimed) {
      const place = blobs.markPlace;
      throw wrongStore(`${place} is missing. If this is the right store all the same, write ${mark} there`);
    }
    await blobs.writeMark(mark);
    found = await blobs.readMark();
  }
  if (found !== mark)
    throw wrongStore(`${blobs.markPlace} says ${JSON.stringify(found?.slice(0, 100))}, the database ${mark}`);
  if (!claimed) await db.query('update blob_store set claimed = true');
}

function wrongStore(reason: string): MalleeError {
  return new MalleeError(
    'InvalidStorage.WrongStore',
    `The store of blobs does not belong to this database: ${reason}.`,
  );
}
