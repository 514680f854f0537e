import type { Queryable } from '@mallee/database';
import { commonPrefixOf, compareUtf8, firstBatch, nextBatch, successor } from './listing.js';
import { findVersion, objectFromRow, type ObjectRow, type StoredObject } from './objects.js';

export interface VersionListingRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Only what comes after this key (or common prefix); with `versionIdMarker` after that version of the key. */
  readonly keyMarker: string;
  readonly versionIdMarker: string | undefined;
  /** 0 to 1000. */
  readonly maxKeys: number;
}

export interface ListedVersion {
  readonly object: StoredObject;
  readonly isLatest: boolean;
}

export interface VersionListingPage {
  /** Versions and delete markers, by key and then newest first. */
  readonly versions: readonly ListedVersion[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** Where the next page starts; set when truncated. */
  readonly next: { readonly key: string; readonly versionId: string | undefined } | undefined;
}

const SMALLEST_RANK = '-9223372036854775808';

interface Position {
  readonly key: string;
  readonly rank: string | number;
}

/** One page of all versions of all keys. */
export async function listVersionsPage(db: Queryable, request: VersionListingRequest): Promise<VersionListingPage> {
  const versions: ListedVersion[] = [];
  const commonPrefixes: string[] = [];
  if (request.maxKeys === 0) return { versions, commonPrefixes, truncated: false, next: undefined };
  const before = successor(request.prefix);
  let position = await startOf(db, request);
  let next: VersionListingPage['next'];
  let batch = firstBatch(request.delimiter);
  while (position !== undefined) {
    const limit = Math.min(request.maxKeys - versions.length - commonPrefixes.length + 1, batch);
    const rows = await versionsInRange(db, { bucket: request.bucket, position, before, limit });
    let rolled = '';
    for (const listed of rows) {
      const { key } = listed.object;
      if (rolled !== '' && key.startsWith(rolled)) continue;
      if (versions.length + commonPrefixes.length === request.maxKeys) {
        return { versions, commonPrefixes, truncated: true, next };
      }
      const prefix = commonPrefixOf(key, request);
      if (prefix === undefined) versions.push(listed);
      else commonPrefixes.push((rolled = prefix));
      next = { key: prefix ?? key, versionId: prefix === undefined ? listed.object.versionId : undefined };
    }
    batch = nextBatch(batch, rolled !== '');
    const last = rows[rows.length - 1]?.object;
    if (last === undefined || rows.length < limit) position = undefined;
    else position = rolled !== '' && last.key.startsWith(rolled) ? afterPrefix(rolled) : last;
  }
  return { versions, commonPrefixes, truncated: false, next: undefined };
}

async function startOf(db: Queryable, request: VersionListingRequest): Promise<Position | undefined> {
  const { bucket, keyMarker, versionIdMarker, prefix } = request;
  if (keyMarker === '' || compareUtf8(keyMarker, prefix) < 0) return { key: prefix, rank: SMALLEST_RANK };
  if (commonPrefixOf(keyMarker, request) === keyMarker) return afterPrefix(keyMarker);
  if (versionIdMarker !== undefined && versionIdMarker !== '') {
    const marker = await findVersion(db, bucket, keyMarker, versionIdMarker);
    if (marker !== undefined) return { key: keyMarker, rank: marker.rank };
  }
  // Past all versions of the marked key: ranks are negative.
  return { key: keyMarker, rank: 0 };
}

function afterPrefix(prefix: string): Position | undefined {
  const key = successor(prefix);
  return key === undefined ? undefined : { key, rank: SMALLEST_RANK };
}

async function versionsInRange(
  db: Queryable,
  range: { bucket: string; position: Position; before: string | undefined; limit: number },
): Promise<ListedVersion[]> {
  const { bucket, position, before, limit } = range;
  const { rows } = await db.query<ObjectRow & { newer: boolean }>(
    `select v.*, exists (select from object_version n
                          where n.bucket = v.bucket and n.object_key = v.object_key and n.rank < v.rank) as newer
       from object_version v
      where bucket = $1 and (object_key, rank) > ($2, $3::bigint) and ($4::text is null or object_key < $4)
      order by object_key, rank limit $5`,
    [bucket, position.key, position.rank, before ?? null, limit],
  );
  return rows.map((row) => ({ object: objectFromRow(row), isLatest: !row.newer }));
}
