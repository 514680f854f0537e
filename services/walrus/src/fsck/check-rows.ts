import type { Pool } from '@mallee/database';
import type { Finding, Owner } from './findings.js';

interface VersionRow {
  readonly bucket: string;
  readonly object_key: string;
  readonly version_id: string;
}

/** What is wrong with the rows alone. */
export async function checkRows(pool: Pool): Promise<Finding[]> {
  const { rows: sizes } = await pool.query<VersionRow & { size: number; parts: number; bytes: number | null }>(
    `select v.bucket, v.object_key, v.version_id, v.size, count(p.rank)::float8 as parts, sum(p.size)::float8 as bytes
       from object_version v left join version_part p using (rank)
      where not v.delete_marker and v.blob_id is null
      group by v.bucket, v.object_key, v.version_id having count(p.rank) = 0 or sum(p.size) <> v.size`,
  );
  const { rows: strays } = await pool.query<{ rank: string; parts: number }>(
    `select p.rank::text as rank, count(*)::float8 as parts from version_part p
      where not exists (select from object_version v where v.rank = p.rank) group by p.rank`,
  );
  const { rows: listings } = await pool.query<VersionRow>(
    `select bucket, object_key, version_id from (
       select *, row_number() over (partition by bucket, object_key order by rank) as place from object_version) v
      where listed <> (place = 1 and not delete_marker)`,
  );
  return [
    ...sizes.map((row): Finding =>
      row.parts === 0
        ? { kind: 'no-parts', owner: ownerOf(row) }
        : { kind: 'wrong-size-of-parts', owner: ownerOf(row), expected: row.size, found: row.bytes ?? 0 },
    ),
    ...strays.map(({ rank, parts }): Finding => ({ kind: 'parts-without-version', rank, parts })),
    ...listings.map((row): Finding => ({ kind: 'wrong-listing', owner: ownerOf(row) })),
  ];
}

function ownerOf(row: VersionRow): Owner {
  return { bucket: row.bucket, key: row.object_key, versionId: row.version_id };
}
