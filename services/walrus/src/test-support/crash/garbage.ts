import type { Pool } from '@mallee/database';

/** The blobs (or files) that a store holds, unfinished ones too. */
export type Stored = () => string[] | Promise<string[]>;

/** Blobs that rows name but that are not there, and files that no row names. */
export interface Difference {
  readonly missing: readonly string[];
  readonly garbage: readonly string[];
}

export async function compareStore(pool: Pool, stored: Stored): Promise<Difference> {
  const { rows } = await pool.query<{ id: string }>(
    `select blob_id as id from object_version where blob_id is not null union all select blob_id from version_part
     union all select blob_id from multipart_part`,
  );
  const named = new Set(rows.map(({ id }) => id));
  const files = new Set(await stored());
  return {
    missing: [...named].filter((id) => !files.has(id)),
    garbage: [...files].filter((id) => !named.has(id)),
  };
}

/** Waits until the janitor, which works behind the start, has tidied up; gives what is left then. */
export async function settledStore(pool: Pool, stored: Stored): Promise<Difference> {
  for (let attempt = 0; ; attempt++) {
    const difference = await compareStore(pool, stored);
    const clean = difference.missing.length + difference.garbage.length === 0;
    if (clean || attempt === 300) return difference;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
