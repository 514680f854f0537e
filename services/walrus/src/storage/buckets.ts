import { isDeepStrictEqual } from 'node:util';
import { SharedRun } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import { isUniqueViolation, sqlState, transaction, type Pool, type Queryable } from '@mallee/database';
import type { Account } from '../accounts/account-directory.js';
import type { Acl } from './acl.js';
import type { BucketSettings, Versioning } from './bucket-settings.js';
import { dropUploadsOf } from './multipart-clean-up.js';

export interface Bucket {
  readonly name: string;
  readonly owner: Account;
  /** As given in CreateBucket; empty for the default. */
  readonly location: string;
  readonly acl: Acl;
  readonly versioning: Versioning;
  readonly settings: BucketSettings;
  readonly createdAt: Date;
}

interface BucketRow {
  readonly name: string;
  readonly account_id: string;
  readonly canonical_id: string;
  readonly display_name: string;
  readonly location: string;
  readonly acl: Acl;
  readonly versioning: Versioning;
  readonly settings: BucketSettings;
  readonly created_at: Date;
}

/** Names the HTTP port needs for itself. */
const RESERVED = new Set(['healthz', 'readyz', 'metrics']);
const FOREIGN_KEY_VIOLATION = '23503';

/** Throws `InvalidBucketName` unless DNS could carry the name. */
export function checkBucketName(name: string): void {
  const valid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !/\.\.|\.-|-\./.test(name) &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(name) &&
    !RESERVED.has(name);
  if (!valid) throw new MalleeError('InvalidBucketName', 'The specified bucket is not valid.', { details: { name } });
}

const COLUMNS = 'name, account_id, canonical_id, display_name, location, acl, versioning, settings, created_at';

export async function findBucket(db: Queryable, name: string): Promise<Bucket | undefined> {
  const text = `select ${COLUMNS} from bucket where name = $1`;
  const { rows } = await db.query<BucketRow>({ name: 'find_bucket', text, values: [name] });
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

type LookUps = Map<string, SharedRun<Bucket | undefined>>;
const lookUps = new WeakMap<Pool, LookUps>();

/** The same for the many requests about one bucket: those that wait share a query, which is sent after all of them came. */
export async function currentBucket(pool: Pool, name: string): Promise<Bucket | undefined> {
  const ofPool: LookUps = lookUps.get(pool) ?? new Map<string, SharedRun<Bucket | undefined>>();
  lookUps.set(pool, ofPool);
  let lookUp = ofPool.get(name);
  if (lookUp === undefined) ofPool.set(name, (lookUp = new SharedRun(() => findBucket(pool, name))));
  try {
    return await lookUp.run();
  } finally {
    if (lookUp.idle) ofPool.delete(name);
  }
}

/** Buckets of an account by name, those after `after` that start with `prefix`. */
export async function bucketsOf(
  db: Queryable,
  query: { accountId: string; prefix?: string; after?: string; limit?: number },
): Promise<Bucket[]> {
  const { rows } = await db.query<BucketRow>(
    `select * from bucket where account_id = $1 and starts_with(name, $2) and name > $3 order by name limit $4`,
    [query.accountId, query.prefix ?? '', query.after ?? '', query.limit ?? null],
  );
  return rows.map(fromRow);
}

/** Every bucket that has a setting of that name. */
export async function bucketsWith(db: Queryable, setting: keyof BucketSettings): Promise<Bucket[]> {
  const { rows } = await db.query<BucketRow>('select * from bucket where settings ? $1 order by name', [setting]);
  return rows.map(fromRow);
}

/**
 * Making one's own bucket again is no failure, as long as nothing differs (S3 in its oldest region does so). Throws
 * `BucketAlreadyOwnedByYou` when the location differs, else `BucketAlreadyExists`.
 */
export async function createBucket(db: Queryable, bucket: Omit<Bucket, 'createdAt'>): Promise<void> {
  const { name, owner } = bucket;
  try {
    await db.query(
      `insert into bucket (name, account_id, canonical_id, display_name, location, acl, versioning, settings)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        name,
        owner.accountId,
        owner.canonicalId,
        owner.displayName,
        bucket.location,
        JSON.stringify(bucket.acl),
        bucket.versioning,
        JSON.stringify(bucket.settings),
      ],
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const existing = await findBucket(db, name);
    const own = existing?.owner.accountId === owner.accountId;
    if (own && existing.location !== bucket.location) {
      throw new MalleeError('BucketAlreadyOwnedByYou', 'You already own a bucket of this name.');
    }
    if (own && isDeepStrictEqual(existing.acl, bucket.acl)) return;
    throw new MalleeError(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system.',
    );
  }
}

/** Sets one sub-resource, or removes it when `value` is undefined. Others that change at the same time are kept. */
export async function setSetting<K extends keyof BucketSettings>(
  db: Queryable,
  bucket: string,
  name: K,
  value: BucketSettings[K] | undefined,
): Promise<void> {
  const { rowCount } =
    value === undefined
      ? await db.query('update bucket set settings = settings - $2::text where name = $1', [bucket, name])
      : await db.query('update bucket set settings = settings || $2::jsonb where name = $1', [
          bucket,
          JSON.stringify({ [name]: value }),
        ]);
  if (rowCount === 0) throw noSuchBucket(bucket);
}

export async function setVersioning(db: Queryable, bucket: string, versioning: Versioning): Promise<void> {
  await db.query('update bucket set versioning = $2 where name = $1', [bucket, versioning]);
}

export async function setBucketAcl(db: Queryable, bucket: string, acl: Acl): Promise<void> {
  await db.query('update bucket set acl = $2 where name = $1', [bucket, JSON.stringify(acl)]);
}

/**
 * Unfinished multipart uploads go with the bucket. Throws `BucketNotEmpty`; the foreign key decides, so an upload that
 * commits at the same time is never orphaned.
 */
export async function deleteBucket(pool: Pool, name: string): Promise<void> {
  try {
    await transaction(pool, async (client) => {
      await dropUploadsOf(client, name);
      const { rowCount } = await client.query('delete from bucket where name = $1', [name]);
      if (rowCount === 0) throw noSuchBucket(name);
    });
  } catch (error) {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
    throw new MalleeError('BucketNotEmpty', 'The bucket you tried to delete is not empty.', { cause: error });
  }
}

export function noSuchBucket(name: string): MalleeError {
  return new MalleeError('NoSuchBucket', 'The specified bucket does not exist.', { details: { bucket: name } });
}

function fromRow(row: BucketRow): Bucket {
  return {
    name: row.name,
    owner: { accountId: row.account_id, canonicalId: row.canonical_id, displayName: row.display_name },
    location: row.location,
    acl: row.acl,
    versioning: row.versioning,
    settings: row.settings,
    createdAt: row.created_at,
  };
}
