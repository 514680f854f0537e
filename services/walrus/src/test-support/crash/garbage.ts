import type { Pool } from '@mallee/database';
import { filesBelow } from '../fixture.js';

/** Blobs that rows name but that are not there, and files that no row names. */
export interface Difference {
  readonly missing: readonly string[];
  readonly garbage: readonly string[];
}

export async function compareStore(pool: Pool, objectsDirectory: string): Promise<Difference> {
  const { rows } = await pool.query<{ id: string }>(
    `select blob_id as id from object_version where blob_id is not null union all select blob_id from version_part
     union all select blob_id from multipart_part`,
  );
  const named = new Set(rows.map(({ id }) => id));
  const files = new Set(filesBelow(objectsDirectory));
  return {
    missing: [...named].filter((id) => !files.has(id)),
    garbage: [...files].filter((id) => !named.has(id)),
  };
}

/** Waits until the janitor, which works behind the start, has tidied up; gives what is left then. */
export async function settledStore(pool: Pool, objectsDirectory: string): Promise<Difference> {
  for (let attempt = 0; ; attempt++) {
    const difference = await compareStore(pool, objectsDirectory);
    const clean = difference.missing.length + difference.garbage.length === 0;
    if (clean || attempt === 300) return difference;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
