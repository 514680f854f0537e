import type { Queryable } from '@mallee/database';

/**
 * Ends an upload: its row and parts go, the blobs of the parts are queued for removal, except those of the part numbers in
 * `keep`, which the caller has made part of an object. False if there was none.
 */
export async function dropUpload(db: Queryable, uploadId: string, keep: readonly number[] = []): Promise<boolean> {
  // The lock makes a part that is being added wait, and then fail on its foreign key.
  const { rowCount } = await db.query('select from multipart_upload where upload_id = $1 for update', [uploadId]);
  if (rowCount === 0) return false;
  await db.query(
    `insert into blob_gc (blob_id) select blob_id from multipart_part
      where upload_id = $1 and part_number <> all ($2::integer[]) on conflict do nothing`,
    [uploadId, keep],
  );
  await db.query('delete from multipart_upload where upload_id = $1', [uploadId]);
  return true;
}

/** Ends all uploads of a bucket. */
export async function dropUploadsOf(db: Queryable, bucket: string): Promise<void> {
  const { rows } = await db.query<{ upload_id: string }>('select upload_id from multipart_upload where bucket = $1', [
    bucket,
  ]);
  for (const { upload_id } of rows) await dropUpload(db, upload_id);
}
