import type { Pool } from '@mallee/database';
import type { Encryption } from '../storage/encryption.js';
import type { Owner } from './findings.js';

/** A blob that a row names. */
export interface Reference {
  readonly owner: Owner;
  readonly blobId: string;
  readonly size: number;
  readonly etag: string;
  readonly encryption: Encryption | undefined;
}

interface Row {
  readonly bucket: string;
  readonly object_key: string;
  readonly version_id: string | null;
  readonly upload_id: string | null;
  readonly part_number: number | null;
  readonly blob_id: string;
  readonly size: number;
  readonly etag: string;
  readonly encryption: Encryption | null;
}

const PAGE = 1000;

const REFERENCES = `
  select bucket, object_key, version_id, null as upload_id, null::integer as part_number, blob_id, size, etag, encryption
    from object_version where blob_id is not null
  union all
  select v.bucket, v.object_key, v.version_id, null, p.part_number, p.blob_id, p.size, p.etag, v.encryption
    from version_part p join object_version v using (rank)
  union all
  select u.bucket, u.object_key, null, u.upload_id, p.part_number, p.blob_id, p.size, p.etag, u.encryption
    from multipart_part p join multipart_upload u using (upload_id)`;

/** Every blob that rows name, as of one instant; the service may go on meanwhile. */
export async function* references(pool: Pool): AsyncGenerator<Reference> {
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`declare fsck_references no scroll cursor for ${REFERENCES}`);
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${PAGE} from fsck_references`);
      for (const row of rows) yield referenceOf(row);
      if (rows.length < PAGE) break;
    }
    await client.query('rollback');
    failed = false;
  } finally {
    client.release(failed);
  }
}

/** Whether a row still names the blob: it may have been replaced since it was read. */
export async function isReferenced(pool: Pool, blobId: string): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    `select exists (select from object_version where blob_id = $1) or exists (select from version_part where blob_id = $1)
       or exists (select from multipart_part where blob_id = $1) as found`,
    [blobId],
  );
  return rows[0]?.found === true;
}

/** Those of the blobs that neither a row nor the queue of the janitor names. */
export async function unknownBlobs(pool: Pool, blobIds: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ blob_id: string }>(
    `select u.id as blob_id from unnest($1::uuid[]) as u (id)
      where not exists (select from object_version where blob_id = u.id)
        and not exists (select from version_part where blob_id = u.id)
        and not exists (select from multipart_part where blob_id = u.id)
        and not exists (select from blob_gc where blob_id = u.id)`,
    [blobIds],
  );
  return rows.map((row) => row.blob_id);
}

function referenceOf(row: Row): Reference {
  return {
    owner: {
      bucket: row.bucket,
      key: row.object_key,
      ...(row.version_id === null ? {} : { versionId: row.version_id }),
      ...(row.upload_id === null ? {} : { uploadId: row.upload_id }),
      ...(row.part_number === null ? {} : { partNumber: row.part_number }),
    },
    blobId: row.blob_id,
    size: row.size,
    etag: row.etag,
    encryption: row.encryption ?? undefined,
  };
}
