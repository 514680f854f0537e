import { MalleeError } from '@mallee/errors';
import { sqlState, transaction, type Pool, type PoolClient, type Queryable } from '@mallee/database';
import type { ChecksumName } from '@mallee/aws-signatures';
import type { Account } from '../accounts/account-directory.js';
import { noSuchBucket } from './buckets.js';
import type { CannedAcl } from './canned-acl.js';

export interface Checksum {
  readonly name: ChecksumName;
  /** Base64. */
  readonly value: string;
}

/** What the database knows of one object. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly blobId: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum: Checksum | undefined;
  readonly owner: Account;
  readonly acl: CannedAcl;
  readonly lastModified: Date;
}

export type NewObject = Omit<StoredObject, 'lastModified'>;

/** Looks at the object that is to be replaced (undefined when there is none); throws to refuse. */
export type Precondition = (existing: StoredObject | undefined) => void;

interface ObjectRow {
  readonly bucket: string;
  readonly object_key: string;
  readonly blob_id: string;
  readonly size: number;
  readonly etag: string;
  readonly content_type: string;
  readonly headers: Record<string, string>;
  readonly metadata: Record<string, string>;
  readonly checksum_name: string | null;
  readonly checksum_value: string | null;
  readonly account_id: string;
  readonly canonical_id: string;
  readonly display_name: string;
  readonly canned_acl: string;
  readonly last_modified: Date;
}

const FOREIGN_KEY_VIOLATION = '23503';

export async function findObject(db: Queryable, bucket: string, key: string): Promise<StoredObject | undefined> {
  const { rows } = await db.query<ObjectRow>('select * from object where bucket = $1 and object_key = $2', [
    bucket,
    key,
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/**
 * Makes `object` the object of its key in one transaction; the blob it replaces is queued for removal. The last writer to
 * commit wins. `also` runs first in the same transaction. Throws `NoSuchBucket` when the bucket has gone meanwhile.
 */
export async function putObject(
  pool: Pool,
  object: NewObject,
  precondition?: Precondition,
  also?: (client: PoolClient) => Promise<void>,
): Promise<Date> {
  try {
    return await transaction(pool, async (client) => {
      await also?.(client);
      const existing = await lockObject(client, object.bucket, object.key);
      precondition?.(existing);
      const lastModified = await upsert(client, object);
      if (existing !== undefined) await queueBlob(client, existing.blobId);
      return lastModified;
    });
  } catch (error) {
    if (sqlState(error) === FOREIGN_KEY_VIOLATION) throw noSuchBucket(object.bucket);
    throw error;
  }
}

/** True if there was such an object. Its blob is queued for removal. */
export async function deleteObject(
  pool: Pool,
  bucket: string,
  key: string,
  precondition?: Precondition,
): Promise<boolean> {
  return await transaction(pool, async (client) => {
    const existing = await lockObject(client, bucket, key);
    precondition?.(existing);
    if (existing === undefined) return false;
    await client.query('delete from object where bucket = $1 and object_key = $2', [bucket, key]);
    await queueBlob(client, existing.blobId);
    return true;
  });
}

export interface KeyRange {
  readonly bucket: string;
  readonly from: string;
  /** Whether `from` itself belongs to the range. */
  readonly inclusive: boolean;
  /** First key that no longer belongs to it; undefined for the end of the bucket. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** Objects of a key range in byte order of their keys. */
export async function objectsInRange(db: Queryable, range: KeyRange): Promise<StoredObject[]> {
  const compare = range.inclusive ? '>=' : '>';
  const values: unknown[] = [range.bucket, range.from, range.limit];
  let end = '';
  if (range.before !== undefined) {
    values.push(range.before);
    end = 'and object_key < $4';
  }
  const { rows } = await db.query<ObjectRow>(
    `select * from object where bucket = $1 and object_key ${compare} $2 ${end} order by object_key limit $3`,
    values,
  );
  return rows.map(fromRow);
}

/** Serialises writers of one key, also while there is no row to lock yet. */
async function lockObject(client: PoolClient, bucket: string, key: string): Promise<StoredObject | undefined> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${bucket}/${key}`]);
  return await findObject(client, bucket, key);
}

async function queueBlob(client: PoolClient, blobId: string): Promise<void> {
  await client.query('insert into blob_gc (blob_id) values ($1) on conflict do nothing', [blobId]);
}

async function upsert(client: PoolClient, object: NewObject): Promise<Date> {
  const { rows } = await client.query<{ last_modified: Date }>(
    `insert into object (bucket, object_key, blob_id, size, etag, content_type, headers, metadata,
       checksum_name, checksum_value, account_id, canonical_id, display_name, canned_acl, last_modified)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, clock_timestamp())
     on conflict (bucket, object_key) do update set blob_id = excluded.blob_id, size = excluded.size,
       etag = excluded.etag, content_type = excluded.content_type, headers = excluded.headers,
       metadata = excluded.metadata, checksum_name = excluded.checksum_name, checksum_value = excluded.checksum_value,
       account_id = excluded.account_id, canonical_id = excluded.canonical_id, display_name = excluded.display_name,
       canned_acl = excluded.canned_acl, last_modified = excluded.last_modified
     returning last_modified`,
    [
      object.bucket,
      object.key,
      object.blobId,
      object.size,
      object.etag,
      object.contentType,
      JSON.stringify(object.headers),
      JSON.stringify(object.metadata),
      object.checksum?.name ?? null,
      object.checksum?.value ?? null,
      object.owner.accountId,
      object.owner.canonicalId,
      object.owner.displayName,
      object.acl,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new MalleeError('InternalError', 'the object row was not written');
  return row.last_modified;
}

function fromRow(row: ObjectRow): StoredObject {
  return {
    bucket: row.bucket,
    key: row.object_key,
    blobId: row.blob_id,
    size: row.size,
    etag: row.etag,
    contentType: row.content_type,
    headers: row.headers,
    metadata: row.metadata,
    checksum:
      row.checksum_name === null || row.checksum_value === null
        ? undefined
        : { name: row.checksum_name as ChecksumName, value: row.checksum_value },
    owner: { accountId: row.account_id, canonicalId: row.canonical_id, displayName: row.display_name },
    acl: row.canned_acl as CannedAcl,
    lastModified: row.last_modified,
  };
}
