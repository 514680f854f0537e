import { randomBytes } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { sqlState, transaction, type Pool, type PoolClient } from '@mallee/database';
import type { Account } from '../accounts/account-directory.js';
import type { Versioning } from './bucket-settings.js';
import { noSuchBucket } from './buckets.js';
import { findVersion, type Checksum, type ObjectDescription, type ObjectRow, type StoredObject } from './objects.js';

/** An object that is to become the newest version of its key. */
export interface NewObject extends ObjectDescription {
  readonly bucket: string;
  readonly key: string;
  /** Undefined when `also` adds the parts. */
  readonly blobId: string | undefined;
  readonly size: number;
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly uploadId?: string;
}

/** Looks at the object that is current (undefined when there is none); throws to refuse. */
export type Precondition = (existing: StoredObject | undefined) => void;

export interface Written {
  readonly versionId: string;
  readonly versioning: Versioning;
  readonly lastModified: Date;
}

const FOREIGN_KEY_VIOLATION = '23503';
const CONFLICTS = new Set(['40001', '40P01']);
const NULL_VERSION = 'null';

/**
 * Makes `object` the current object of its key in one transaction. Without versioning (or while it is suspended) it takes the
 * place of the version `null`, whose blobs are queued for removal. The last writer to commit wins. `also` runs in the same
 * transaction, before (`rank` names the new version). Throws `NoSuchBucket` when the bucket has gone meanwhile.
 */
export async function putVersion(
  pool: Pool,
  object: NewObject,
  precondition?: Precondition,
  also?: (client: PoolClient, rank: number) => Promise<void>,
): Promise<Written> {
  try {
    if (precondition === undefined && also === undefined) {
      const written = await putAtOnce(pool, object);
      if (written !== undefined) return written;
    }
    return await transaction(pool, async (client) => {
      const { versioning, rank } = await lockKey(client, object.bucket, object.key);
      if (precondition !== undefined) precondition(await current(client, object.bucket, object.key));
      await also?.(client, rank);
      if (versioning !== 'enabled') await dropNullVersion(client, object.bucket, object.key);
      if (versioning !== 'off') await unlist(client, object.bucket, object.key);
      const versionId = versioning === 'enabled' ? newVersionId() : NULL_VERSION;
      const lastModified = await insert(client, object, versionId, rank);
      return { versionId, versioning, lastModified };
    });
  } catch (error) {
    if (sqlState(error) === FOREIGN_KEY_VIOLATION) throw noSuchBucket(object.bucket);
    throw error;
  }
}

export interface Deleted {
  /** A version went; its blobs are queued for removal. */
  readonly removed: StoredObject | undefined;
  /** Id of the delete marker that was added. */
  readonly markerId: string | undefined;
}

/**
 * Deletes as S3 does: without versioning the object goes; else a delete marker is added (and, while suspended, takes the
 * place of the version `null`). `mayGo` looks at a version before it goes for good and throws to refuse (object lock).
 */
export async function deleteCurrent(
  pool: Pool,
  target: { readonly bucket: string; readonly key: string; readonly owner: Account },
  precondition?: Precondition,
  mayGo?: (version: StoredObject) => void,
): Promise<Deleted> {
  const { bucket, key } = target;
  return await transaction(pool, async (client) => {
    const { versioning, rank } = await lockKey(client, bucket, key);
    if (precondition !== undefined) precondition(await current(client, bucket, key));
    const removed = versioning === 'enabled' ? undefined : await dropNullVersion(client, bucket, key, mayGo);
    if (versioning === 'off') return { removed, markerId: undefined };
    await unlist(client, bucket, key);
    const markerId = versioning === 'enabled' ? newVersionId() : NULL_VERSION;
    await client.query(
      `insert into object_version (bucket, object_key, version_id, rank, delete_marker, listed, size, etag, content_type,
         account_id, canonical_id, display_name, acl, last_modified)
       values ($1, $2, $3, $4, true, false, 0, '', '', $5, $6, $7, '[]', clock_timestamp())`,
      [bucket, key, markerId, rank, target.owner.accountId, target.owner.canonicalId, target.owner.displayName],
    );
    return { removed, markerId };
  });
}

/** Removes one version for good; the one before it becomes current. Undefined if there is none. */
export async function deleteVersion(
  pool: Pool,
  bucket: string,
  key: string,
  versionId: string,
  mayGo?: (version: StoredObject) => void,
): Promise<StoredObject | undefined> {
  return await transaction(pool, async (client) => {
    await lockKey(client, bucket, key);
    const version = await findVersion(client, bucket, key, versionId);
    if (version === undefined) return undefined;
    mayGo?.(version);
    await remove(client, version);
    await client.query(
      `update object_version set listed = true where bucket = $1 and object_key = $2 and not delete_marker and not listed
         and rank = (select min(rank) from object_version where bucket = $1 and object_key = $2)`,
      [bucket, key],
    );
    return version;
  });
}

/** Serialises writers of one key, also while there is no row to lock yet, and takes the next rank under the lock. */
async function lockKey(
  client: PoolClient,
  bucket: string,
  key: string,
): Promise<{ versioning: Versioning; rank: number }> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${bucket}/${key}`]);
  const { rows } = await client.query<{ versioning: Versioning; rank: number }>(
    `select versioning, nextval('version_rank') as rank from bucket where name = $1 for key share`,
    [bucket],
  );
  if (rows[0] === undefined) throw noSuchBucket(bucket);
  return rows[0];
}

async function current(client: PoolClient, bucket: string, key: string): Promise<StoredObject | undefined> {
  const newest = await findVersion(client, bucket, key);
  return newest?.deleteMarker === true ? undefined : newest;
}

async function dropNullVersion(
  client: PoolClient,
  bucket: string,
  key: string,
  mayGo?: (version: StoredObject) => void,
): Promise<StoredObject | undefined> {
  const version = await findVersion(client, bucket, key, NULL_VERSION);
  if (version === undefined) return undefined;
  mayGo?.(version);
  await remove(client, version);
  return version;
}

async function unlist(client: PoolClient, bucket: string, key: string): Promise<void> {
  await client.query('update object_version set listed = false where bucket = $1 and object_key = $2 and listed', [
    bucket,
    key,
  ]);
}

/** Removes the row and queues the blobs. */
async function remove(client: PoolClient, version: StoredObject): Promise<void> {
  await client.query('delete from object_version where bucket = $1 and object_key = $2 and version_id = $3', [
    version.bucket,
    version.key,
    version.versionId,
  ]);
  if (version.deleteMarker) return;
  if (version.blobId !== undefined) {
    await client.query('insert into blob_gc (blob_id) values ($1) on conflict do nothing', [version.blobId]);
    return;
  }
  await client.query(
    `with gone as (delete from version_part where rank = $1 returning blob_id)
     insert into blob_gc (blob_id) select blob_id from gone on conflict do nothing`,
    [version.rank],
  );
}

/**
 * The whole of it in one statement and so one round trip, for the most frequent case. Undefined when the bucket is gone, or another
 * transaction was in the way.
 */
async function putAtOnce(pool: Pool, object: NewObject): Promise<Written | undefined> {
  const values = [JSON.stringify(columnsOf(object)), newVersionId()];
  const text = 'select versioning, version_id, last_modified from put_version($1::jsonb, $2)';
  try {
    const { rows } = await pool.query<PutRow>({ name: 'put_version', text, values });
    const row = rows[0];
    if (row === undefined) return undefined;
    return { versionId: row.version_id, versioning: row.versioning, lastModified: row.last_modified };
  } catch (error) {
    if (CONFLICTS.has(sqlState(error))) return undefined;
    throw error;
  }
}

interface PutRow {
  readonly versioning: Versioning;
  readonly version_id: string;
  readonly last_modified: Date;
}

/** What is undefined is left out and becomes null. */
function columnsOf(object: NewObject): Partial<Record<keyof ObjectRow, unknown>> {
  return {
    bucket: object.bucket,
    object_key: object.key,
    blob_id: object.blobId,
    size: object.size,
    etag: object.etag,
    content_type: object.contentType,
    headers: object.headers,
    metadata: object.metadata,
    tags: object.tags,
    checksum_name: object.checksum?.name,
    checksum_type: object.checksum?.type,
    checksum_value: object.checksum?.value,
    storage_class: object.storageClass,
    encryption: object.encryption,
    account_id: object.owner.accountId,
    canonical_id: object.owner.canonicalId,
    display_name: object.owner.displayName,
    acl: object.acl,
    lock_mode: object.retention?.mode,
    retain_until: object.retention?.until,
    legal_hold: object.legalHold,
    upload_id: object.uploadId,
  };
}

async function insert(client: PoolClient, object: NewObject, versionId: string, rank: number): Promise<Date> {
  const { rows } = await client.query<{ last_modified: Date }>(
    `insert into object_version (bucket, object_key, version_id, rank, blob_id, size, etag, content_type, headers, metadata,
       tags, checksum_name, checksum_type, checksum_value, storage_class, encryption, account_id, canonical_id,
       display_name, acl, lock_mode, retain_until, legal_hold, upload_id, last_modified)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
       clock_timestamp())
     returning last_modified`,
    [
      object.bucket,
      object.key,
      versionId,
      rank,
      object.blobId ?? null,
      object.size,
      object.etag,
      object.contentType,
      JSON.stringify(object.headers),
      JSON.stringify(object.metadata),
      JSON.stringify(object.tags),
      object.checksum?.name ?? null,
      object.checksum?.type ?? null,
      object.checksum?.value ?? null,
      object.storageClass,
      object.encryption === undefined ? null : JSON.stringify(object.encryption),
      object.owner.accountId,
      object.owner.canonicalId,
      object.owner.displayName,
      JSON.stringify(object.acl),
      object.retention?.mode ?? null,
      object.retention?.until ?? null,
      object.legalHold ?? null,
      object.uploadId ?? null,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new MalleeError('InternalError', 'the object row was not written');
  return row.last_modified;
}

function newVersionId(): string {
  return randomBytes(16).toString('hex');
}
