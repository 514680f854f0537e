import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, migrate, type Pool } from '@mallee/database';
import { startTestPostgres, type TestService } from '@mallee/testing';
import fc from 'fast-check';
import { compareUtf8, listPage, successor, type ListingRequest } from './listing.js';

let postgres: TestService;
let pool: Pool;
let buckets = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool(postgres.url, { schema: 'walrus' });
  await migrate(pool, { schema: 'walrus', directories: [fileURLToPath(new URL('../../migrations', import.meta.url))] });
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
}, 60_000);

async function bucketWith(keys: readonly string[]): Promise<string> {
  const name = `listing-${++buckets}`;
  await pool.query(
    `insert into bucket (name, account_id, canonical_id, display_name, acl) values ($1, '1', '1', 'x', '[]')`,
    [name],
  );
  await pool.query(
    `insert into object_version (bucket, object_key, version_id, rank, blob_id, size, etag, content_type, account_id,
       canonical_id, display_name, acl)
     select $1, k, 'null', nextval('version_rank'), gen_random_uuid(), 1, 'e', 'x', '1', '1', 'x', '[]'
       from unnest($2::text[]) as k`,
    [name, keys],
  );
  return name;
}

/** All entries of a listing (keys and common prefixes) by walking its pages. */
async function walk(request: Omit<ListingRequest, 'after'>): Promise<string[]> {
  const entries: string[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await listPage(pool, { ...request, after });
    const found = [...page.contents.map((o) => o.key), ...page.commonPrefixes].sort(compareUtf8);
    expect(found.length).toBeLessThanOrEqual(request.maxKeys);
    expect(page.truncated).toBe(page.last !== undefined);
    entries.push(...found);
    after = page.last;
  }
  return entries;
}

/** The same by looking at all keys. */
function model(keys: readonly string[], prefix: string, delimiter: string | undefined): string[] {
  const entries = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    entries.add(at === -1 ? key : key.slice(0, at + delimiter!.length));
  }
  return [...entries].sort(compareUtf8);
}

describe('listing', () => {
  const piece = fc.constantFrom('a', 'b', '/', '//', '-', '~', 'ü', '\u{1F418}', '\uffee', '\ud7ff', ' ', '%');
  const key = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));

  it('agrees with a model, page by page, for any keys, prefix, delimiter and page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 40 }),
        fc.oneof(fc.constant(''), key),
        fc.constantFrom(undefined, '/', '-', 'ab', '\u{1F418}'),
        fc.integer({ min: 1, max: 7 }),
        async (keys, prefix, delimiter, maxKeys) => {
          const bucket = await bucketWith(keys);
          expect(await walk({ bucket, prefix, delimiter, maxKeys })).toEqual(model(keys, prefix, delimiter));
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('skips what a common prefix rolls up', async () => {
    const keys = [...Array(3000).keys()].map((i) => `dir/${String(i).padStart(5, '0')}`);
    const bucket = await bucketWith([...keys, 'zebra']);
    const page = await listPage(pool, { bucket, prefix: '', delimiter: '/', after: '', maxKeys: 1000 });
    expect(page.commonPrefixes).toEqual(['dir/']);
    expect(page.contents.map((o) => o.key)).toEqual(['zebra']);
    const inside = await walk({ bucket, prefix: 'dir/', delimiter: '/', maxKeys: 1000 });
    expect(inside).toEqual(keys);
  });

  it('a marker between, before and behind the keys', async () => {
    const bucket = await bucketWith(['a', 'b/1', 'b/2', 'c']);
    const after = async (marker: string, delimiter?: string): Promise<string[]> => {
      const page = await listPage(pool, { bucket, prefix: '', delimiter, after: marker, maxKeys: 10 });
      return [...page.contents.map((o) => o.key), ...page.commonPrefixes];
    };
    expect(await after('a')).toEqual(['b/1', 'b/2', 'c']);
    expect(await after('aa')).toEqual(['b/1', 'b/2', 'c']);
    expect(await after('zzz')).toEqual([]);
    expect(await after('b/', '/')).toEqual(['c']);
    expect(await after('b/1', '/')).toEqual(['c', 'b/']);
    expect((await listPage(pool, { bucket, prefix: '', delimiter: '/', after: '', maxKeys: 0 })).contents).toEqual([]);
  });

  it('successor is the least upper bound of a prefix', () => {
    expect(successor('')).toBeUndefined();
    expect(successor('a\u{10ffff}')).toBe('b');
    expect(successor('\u{10ffff}')).toBeUndefined();
    expect(successor('\ud7ff')).toBe('\ue000');
    fc.assert(
      fc.property(
        key,
        fc.string(),
        (prefix, rest) => compareUtf8(prefix + rest, successor(prefix) ?? '\u{10ffff}') < 0,
      ),
    );
  });
});
