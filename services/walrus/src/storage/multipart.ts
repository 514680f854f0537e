import { randomBytes } from 'node:crypto';
import { sqlState, transaction, type Pool, type Queryable } from '@mallee/database';
import type { ChecksumName } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { Acl } from './acl.js';
import { noSuchBucket } from './buckets.js';
import type { LockMode, Tag } from './bucket-settings.js';
import type { Encryption } from './encryption.js';
import { dropUpload } from './multipart-clean-up.js';
import type { ChecksumType, ObjectDescription } from './objects.js';

export interface MultipartUpload extends ObjectDescription {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly checksum: { readonly name: ChecksumName; readonly type: ChecksumType } | undefined;
  readonly initiator: { readonly id: string; readonly name: string };
  readonly initiatedAt: Date;
}

export interface Part {
  readonly partNumber: number;
  readonly blobId: string;
  readonly size: number;
  /** Hex MD5. */
  readonly etag: string;
  readonly checksum: { readonly name: ChecksumName; readonly value: string } | undefined;
  readonly lastModified: Date;
}

interface UploadRow {
  readonly upload_id: string;
  readonly bucket: string;
  readonly object_key: string;
  readonly content_type: string;
  readonly headers: Record<string, string>;
  readonly metadata: Record<string, string>;
  readonly tags: Tag[];
  readonly checksum_name: string | null;
  readonly checksum_type: string | null;
  readonly storage_class: string;
  readonly encryption: Encryption | null;
  readonly account_id: string;
  readonly canonical_id: string;
  readonly display_name: string;
  readonly acl: Acl;
  readonly lock_mode: LockMode | null;
  readonly retain_until: Date | null;
  readonly legal_hold: boolean | null;
  readonly initiator_id: string;
  readonly initiator_name: string;
  readonly initiated_at: Date;
}

interface PartRow {
  readonly part_number: number;
  readonly blob_id: string;
  readonly size: number;
  readonly etag: string;
  readonly checksum_name: string | null;
  readonly checksum_value: string | null;
  readonly last_modified: Date;
}

const FOREIGN_KEY_VIOLATION = '23503';

/** Starts an upload and gives its id. */
export async function createUpload(
  db: Queryable,
  upload: Omit<MultipartUpload, 'uploadId' | 'initiatedAt'>,
): Promise<string> {
  const uploadId = randomBytes(24).toString('hex');
  const { owner } = upload;
  try {
    await db.query(
      `insert into multipart_upload (upload_id, bucket, object_key, content_type, headers, metadata, tags, checksum_name,
         checksum_type, storage_class, encryption, account_id, canonical_id, display_name, acl, lock_mode, retain_until,
         legal_hold, initiator_id, initiator_name)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
      [
        uploadId,
        upload.bucket,
        upload.key,
        upload.contentType,
        JSON.stringify(upload.headers),
        JSON.stringify(upload.metadata),
        JSON.stringify(upload.tags),
        upload.checksum?.name ?? null,
        upload.checksum?.type ?? null,
        upload.storageClass,
        upload.encryption === undefined ? null : JSON.stringify(upload.encryption),
        owner.accountId,
        owner.canonicalId,
        owner.displayName,
        JSON.stringify(upload.acl),
        upload.retention?.mode ?? null,
        upload.retention?.until ?? null,
        upload.legalHold ?? null,
        upload.initiator.id,
        upload.initiator.name,
      ],
    );
  } catch (error) {
    throw sqlState(error) === FOREIGN_KEY_VIOLATION ? noSuchBucket(upload.bucket) : error;
  }
  return uploadId;
}

/** Throws `NoSuchUpload` unless there is such an upload of this bucket and key. */
export async function findUpload(
  db: Queryable,
  bucket: string,
  key: string,
  uploadId: string,
): Promise<MultipartUpload> {
  const { rows } = await db.query<UploadRow>(
    'select * from multipart_upload where upload_id = $1 and bucket = $2 and object_key = $3',
    [uploadId, bucket, key],
  );
  if (rows[0] === undefined) throw noSuchUpload();
  return uploadFromRow(rows[0]);
}

/** Uploads of a bucket after (`key`, `uploadId`), by key and id. */
export async function uploadsOf(
  db: Queryable,
  query: { bucket: string; prefix: string; afterKey: string; afterId: string; limit: number },
): Promise<MultipartUpload[]> {
  const { rows } = await db.query<UploadRow>(
    `select * from multipart_upload where bucket = $1 and starts_with(object_key, $2)
       and (object_key, upload_id) > ($3 collate "C", $4) order by object_key, upload_id limit $5`,
    [query.bucket, query.prefix, query.afterKey, query.afterId, query.limit],
  );
  return rows.map(uploadFromRow);
}

/** Adds a part or replaces the one of its number. Throws `NoSuchUpload` when the upload has ended meanwhile. */
export async function putPart(pool: Pool, uploadId: string, part: Omit<Part, 'lastModified'>): Promise<void> {
  try {
    await transaction(pool, async (client) => {
      // Serialises two uploads of one part; ending the upload waits for it as well.
      await client.query('select from multipart_upload where upload_id = $1 for no key update', [uploadId]);
      const replaced = await client.query<{ blob_id: string }>(
        'delete from multipart_part where upload_id = $1 and part_number = $2 returning blob_id',
        [uploadId, part.partNumber],
      );
      for (const { blob_id } of replaced.rows)
        await client.query('insert into blob_gc (blob_id) values ($1)', [blob_id]);
      await client.query(
        `insert into multipart_part (upload_id, part_number, blob_id, size, etag, checksum_name, checksum_value)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          uploadId,
          part.partNumber,
          part.blobId,
          part.size,
          part.etag,
          part.checksum?.name ?? null,
          part.checksum?.value ?? null,
        ],
      );
    });
  } catch (error) {
    throw sqlState(error) === FOREIGN_KEY_VIOLATION ? noSuchUpload() : error;
  }
}

/** Parts after `partNumber`, in order. */
export async function partsOf(db: Queryable, uploadId: string, partNumber = 0, limit = 10_000): Promise<Part[]> {
  const { rows } = await db.query<PartRow>(
    'select * from multipart_part where upload_id = $1 and part_number > $2 order by part_number limit $3',
    [uploadId, partNumber, limit],
  );
  return rows.map((row) => ({
    partNumber: row.part_number,
    blobId: row.blob_id,
    size: row.size,
    etag: row.etag,
    checksum:
      row.checksum_name === null || row.checksum_value === null
        ? undefined
        : { name: row.checksum_name as ChecksumName, value: row.checksum_value },
    lastModified: row.last_modified,
  }));
}

/**
 * Makes parts of an upload the pieces of the version of that rank; the blobs stay where they are. Throws `NoSuchUpload` when the upload
 * has ended meanwhile, `InvalidPart` when one of the parts is another by now.
 */
export async function adoptParts(
  db: Queryable,
  uploadId: string,
  rank: number,
  parts: readonly Pick<Part, 'partNumber' | 'blobId' | 'checksum'>[],
): Promise<void> {
  // Waits for parts that are being replaced: their old blobs are queued for removal and must not become pieces of the object.
  const upload = await db.query('select from multipart_upload where upload_id = $1 for update', [uploadId]);
  if (upload.rowCount === 0) throw noSuchUpload();
  const { rowCount } = await db.query(
    `insert into version_part (rank, part_number, blob_id, size, etag, checksum_value)
     select $2, p.part_number, p.blob_id, p.size, p.etag, c.value
       from multipart_part p join unnest($3::uuid[], $4::text[]) as c (blob_id, value) using (blob_id)
      where p.upload_id = $1`,
    [uploadId, rank, parts.map((part) => part.blobId), parts.map((part) => part.checksum?.value ?? null)],
  );
  if (rowCount !== parts.length) throw new MalleeError('InvalidPart', 'A part has been replaced meanwhile.');
}

/** Ends an upload without an object. Throws `NoSuchUpload`. */
export async function abortUpload(pool: Pool, uploadId: string): Promise<void> {
  await transaction(pool, async (client) => {
    if (!(await dropUpload(client, uploadId))) throw noSuchUpload();
  });
}

export function noSuchUpload(): MalleeError {
  return new MalleeError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );
}

function uploadFromRow(row: UploadRow): MultipartUpload {
  return {
    uploadId: row.upload_id,
    bucket: row.bucket,
    key: row.object_key,
    contentType: row.content_type,
    headers: row.headers,
    metadata: row.metadata,
    tags: row.tags,
    checksum:
      row.checksum_name === null
        ? undefined
        : { name: row.checksum_name as ChecksumName, type: (row.checksum_type ?? 'COMPOSITE') as ChecksumType },
    storageClass: row.storage_class,
    encryption: row.encryption ?? undefined,
    owner: { accountId: row.account_id, canonicalId: row.canonical_id, displayName: row.display_name },
    acl: row.acl,
    retention:
      row.lock_mode === null || row.retain_until === null
        ? undefined
        : { mode: row.lock_mode, until: row.retain_until },
    legalHold: row.legal_hold ?? undefined,
    initiator: { id: row.initiator_id, name: row.initiator_name },
    initiatedAt: row.initiated_at,
  };
}
