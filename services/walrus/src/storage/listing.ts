import type { Queryable } from '@mallee/database';
import { LISTED_COLUMNS, listedFromRow, type ListedObject, type ListedRow } from './objects.js';

export interface ListingRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Keys that hold it after the prefix are rolled up into a common prefix. */
  readonly delimiter: string | undefined;
  /** Only keys and common prefixes after this one; empty for the start. */
  readonly after: string;
  /** 0 to 1000. */
  readonly maxKeys: number;
}

export interface ListingPage {
  readonly contents: readonly ListedObject[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** Last key or common prefix of the page: the `after` of the next one. Set when truncated. */
  readonly last: string | undefined;
}

/** A full page, and the row that tells whether there is more. */
const BATCH = 1001;
/** Rows read at once where keys are rolled up: of a rolled prefix one row is enough. */
const FIRST_BATCH = 32;
const BATCH_AFTER_PREFIX = 2;

/** How many rows to read next: few after a common prefix, more and more where there is none. */
export function nextBatch(before: number, rolledUp: boolean): number {
  return rolledUp ? BATCH_AFTER_PREFIX : Math.min(before * 4, BATCH);
}

export function firstBatch(delimiter: string | undefined): number {
  return delimiter === undefined || delimiter === '' ? BATCH : FIRST_BATCH;
}

/** One page in UTF-8 byte order; keys and common prefixes count alike. A common prefix costs one index step, not its keys. */
export async function listPage(db: Queryable, request: ListingRequest): Promise<ListingPage> {
  const contents: ListedObject[] = [];
  const commonPrefixes: string[] = [];
  if (request.maxKeys === 0) return { contents, commonPrefixes, truncated: false, last: undefined };
  const before = successor(request.prefix);
  let cursor: Cursor | undefined = startOf(request);
  let last: string | undefined;
  let batch = firstBatch(request.delimiter);
  while (cursor !== undefined) {
    const limit = Math.min(request.maxKeys - contents.length - commonPrefixes.length + 1, batch);
    const rows = await objectsInRange(db, { bucket: request.bucket, ...cursor, before, limit });
    const rolled: { prefix: string } = { prefix: '' };
    for (const object of rows) {
      if (rolled.prefix !== '' && object.key.startsWith(rolled.prefix)) continue;
      if (contents.length + commonPrefixes.length === request.maxKeys) {
        return { contents, commonPrefixes, truncated: true, last };
      }
      const prefix = commonPrefixOf(object.key, request);
      if (prefix === undefined) contents.push(object);
      else commonPrefixes.push((rolled.prefix = prefix));
      last = prefix ?? object.key;
    }
    batch = nextBatch(batch, rolled.prefix !== '');
    cursor = rows.length < limit ? undefined : nextCursor(rows[rows.length - 1]!.key, rolled.prefix);
  }
  return { contents, commonPrefixes, truncated: false, last: undefined };
}

interface KeyRange {
  readonly bucket: string;
  readonly from: string;
  /** Whether `from` itself belongs to the range. */
  readonly inclusive: boolean;
  /** First key that no longer belongs to it; undefined for the end of the bucket. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** Current objects of a key range in byte order of their keys. */
async function objectsInRange(db: Queryable, range: KeyRange): Promise<ListedObject[]> {
  const compare = range.inclusive ? '>=' : '>';
  const values: unknown[] = [range.bucket, range.from, range.limit];
  let end = '';
  if (range.before !== undefined) {
    values.push(range.before);
    end = 'and object_key < $4';
  }
  const { rows } = await db.query<ListedRow>(
    `select ${LISTED_COLUMNS} from object_version where bucket = $1 and listed and object_key ${compare} $2 ${end}
      order by object_key limit $3`,
    values,
  );
  return rows.map(listedFromRow);
}

interface Cursor {
  readonly from: string;
  readonly inclusive: boolean;
}

function startOf(request: ListingRequest): Cursor | undefined {
  const { after, prefix } = request;
  if (compareUtf8(after, prefix) < 0 || after === '') return { from: prefix, inclusive: true };
  // A page that ended with a common prefix goes on after all its keys.
  if (commonPrefixOf(after, request) === after) return afterPrefix(after);
  return { from: after, inclusive: false };
}

function nextCursor(lastKey: string, rolled: string): Cursor | undefined {
  return rolled !== '' && lastKey.startsWith(rolled) ? afterPrefix(rolled) : { from: lastKey, inclusive: false };
}

function afterPrefix(prefix: string): Cursor | undefined {
  const from = successor(prefix);
  return from === undefined ? undefined : { from, inclusive: true };
}

export function commonPrefixOf(
  key: string,
  { prefix, delimiter }: Pick<ListingRequest, 'prefix' | 'delimiter'>,
): string | undefined {
  if (delimiter === undefined || delimiter === '' || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/** The first text after all that start with `prefix`, in code point (and so UTF-8 byte) order; undefined for the end. */
export function successor(prefix: string): string | undefined {
  const points = [...prefix];
  while (points.length > 0) {
    const point = points.pop()!.codePointAt(0)!;
    if (point === 0x10ffff) continue;
    // The surrogates are no characters of UTF-8.
    return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}

/** Order of the UTF-8 bytes, which is not that of UTF-16 units. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
