import type { Queryable } from '@mallee/database';
import type { ChecksumName } from '@mallee/aws-signatures';
import type { Account } from '../accounts/account-directory.js';
import type { Acl } from './acl.js';
import type { LockMode, Tag } from './bucket-settings.js';
import type { Encryption } from './encryption.js';

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly name: ChecksumName;
  readonly type: ChecksumType;
  /** Base64; a composite one ends with `-N`, the number of parts. */
  readonly value: string;
}

export interface Retention {
  readonly mode: LockMode;
  readonly until: Date;
}

/** What a client says about an object, and Walrus keeps. */
export interface ObjectDescription {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly storageClass: string;
  readonly encryption: Encryption | undefined;
  readonly owner: Account;
  readonly acl: Acl;
  readonly retention: Retention | undefined;
  readonly legalHold: boolean | undefined;
}

/** What the database knows of one version of one object. */
export interface StoredObject extends ObjectDescription {
  readonly bucket: string;
  readonly key: string;
  /** `null` for a version made while versioning was not enabled. */
  readonly versionId: string;
  /** The smaller, the newer. */
  readonly rank: number;
  readonly deleteMarker: boolean;
  /** Undefined when the bytes are in several parts (or there are none: a delete marker). */
  readonly blobId: string | undefined;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly uploadId: string | undefined;
  readonly lastModified: Date;
}

/** One blob of an object, in order. */
export interface Piece {
  readonly partNumber: number;
  readonly blobId: string;
  readonly size: number;
  readonly etag: string;
  readonly checksumValue: string | undefined;
}

export interface ObjectRow {
  readonly bucket: string;
  readonly object_key: string;
  readonly version_id: string;
  readonly rank: number;
  readonly delete_marker: boolean;
  readonly blob_id: string | null;
  readonly size: number;
  readonly etag: string;
  readonly content_type: string;
  readonly headers: Record<string, string>;
  readonly metadata: Record<string, string>;
  readonly tags: Tag[];
  readonly checksum_name: string | null;
  readonly checksum_type: string | null;
  readonly checksum_value: string | null;
  readonly storage_class: string;
  readonly encryption: Encryption | null;
  readonly account_id: string;
  readonly canonical_id: string;
  readonly display_name: string;
  readonly acl: Acl;
  readonly lock_mode: LockMode | null;
  readonly retain_until: Date | null;
  readonly legal_hold: boolean | null;
  readonly upload_id: string | null;
  readonly last_modified: Date;
}

const COLUMNS =
  'bucket, object_key, version_id, rank, delete_marker, blob_id, size, etag, content_type, headers, metadata, tags, checksum_name, ' +
  'checksum_type, checksum_value, storage_class, encryption, account_id, canonical_id, display_name, acl, lock_mode, retain_until, ' +
  'legal_hold, upload_id, last_modified';
const OF_KEY = `select ${COLUMNS} from object_version where bucket = $1 and object_key = $2`;
const NEWEST = { name: 'find_newest', text: `${OF_KEY} order by rank limit 1` };
const NAMED = { name: 'find_version', text: `${OF_KEY} and version_id = $3` };

/** The newest version of a key (which may be a delete marker), or the version named. */
export async function findVersion(
  db: Queryable,
  bucket: string,
  key: string,
  versionId?: string,
): Promise<StoredObject | undefined> {
  const statement =
    versionId === undefined ? { ...NEWEST, values: [bucket, key] } : { ...NAMED, values: [bucket, key, versionId] };
  const { rows } = await db.query<ObjectRow>(statement);
  return rows[0] === undefined ? undefined : objectFromRow(rows[0]);
}

/** What a listing shows of an object. */
export type ListedObject = Pick<StoredObject, 'key' | 'size' | 'etag' | 'storageClass' | 'owner' | 'lastModified'> & {
  readonly checksum: Omit<Checksum, 'value'> | undefined;
};

/** The columns a `ListedObject` is made of. */
export const LISTED_COLUMNS =
  'object_key, size, etag, checksum_name, checksum_type, storage_class, account_id, canonical_id, display_name, last_modified';

export type ListedRow = Pick<
  ObjectRow,
  | 'object_key'
  | 'size'
  | 'etag'
  | 'checksum_name'
  | 'checksum_type'
  | 'storage_class'
  | 'account_id'
  | 'canonical_id'
  | 'display_name'
  | 'last_modified'
>;

/** The object a key stands for now; undefined when there is none or it is deleted. */
export async function findObject(db: Queryable, bucket: string, key: string): Promise<StoredObject | undefined> {
  const newest = await findVersion(db, bucket, key);
  return newest?.deleteMarker === true ? undefined : newest;
}

/** The blobs of an object in the order of their bytes. */
export async function piecesOf(db: Queryable, object: StoredObject): Promise<Piece[]> {
  if (object.deleteMarker) return [];
  if (object.blobId !== undefined) {
    const { blobId, size, etag } = object;
    return [{ partNumber: 1, blobId, size, etag, checksumValue: object.checksum?.value }];
  }
  const { rows } = await db.query<{
    part_number: number;
    blob_id: string;
    size: number;
    etag: string;
    checksum_value: string | null;
  }>('select * from version_part where rank = $1 order by part_number', [object.rank]);
  return rows.map((row) => ({
    partNumber: row.part_number,
    blobId: row.blob_id,
    size: row.size,
    etag: row.etag,
    checksumValue: row.checksum_value ?? undefined,
  }));
}

export function objectFromRow(row: ObjectRow): StoredObject {
  const { checksum_name: name, checksum_type: type, checksum_value: value } = row;
  return {
    bucket: row.bucket,
    key: row.object_key,
    versionId: row.version_id,
    rank: row.rank,
    deleteMarker: row.delete_marker,
    blobId: row.blob_id ?? undefined,
    size: row.size,
    etag: row.etag,
    contentType: row.content_type,
    headers: row.headers,
    metadata: row.metadata,
    tags: row.tags,
    checksum:
      name === null || value === null
        ? undefined
        : { name: name as ChecksumName, type: (type ?? 'FULL_OBJECT') as ChecksumType, value },
    storageClass: row.storage_class,
    encryption: row.encryption ?? undefined,
    owner: { accountId: row.account_id, canonicalId: row.canonical_id, displayName: row.display_name },
    acl: row.acl,
    retention:
      row.lock_mode === null || row.retain_until === null
        ? undefined
        : { mode: row.lock_mode, until: row.retain_until },
    legalHold: row.legal_hold ?? undefined,
    uploadId: row.upload_id ?? undefined,
    lastModified: row.last_modified,
  };
}

export function listedFromRow(row: ListedRow): ListedObject {
  return {
    key: row.object_key,
    size: row.size,
    etag: row.etag,
    checksum:
      row.checksum_name === null
        ? undefined
        : { name: row.checksum_name as ChecksumName, type: (row.checksum_type ?? 'FULL_OBJECT') as ChecksumType },
    storageClass: row.storage_class,
    owner: { accountId: row.account_id, canonicalId: row.canonical_id, displayName: row.display_name },
    lastModified: row.last_modified,
  };
}
