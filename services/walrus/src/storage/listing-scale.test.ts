import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, migrate, type Pool } from '@mallee/database';
import { startTestPostgres, type TestService } from '@mallee/testing';
import { listPage } from './listing.js';

const KEYS = 200_000;

let postgres: TestService;
let pool: Pool;

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool(postgres.url, { schema: 'walrus' });
  await migrate(pool, { schema: 'walrus', directories: [fileURLToPath(new URL('../../migrations', import.meta.url))] });
  await pool.query(
    `insert into bucket (name, account_id, canonical_id, display_name, acl) values ('large', '1', '1', 'x', '[]')`,
  );
  await pool.query(
    `insert into object_version (bucket, object_key, version_id, rank, blob_id, size, etag, content_type, account_id,
       canonical_id, display_name, acl)
     select 'large', lpad((i / 1000)::text, 4, '0') || '/' || lpad(i::text, 9, '0'), 'null', nextval('version_rank'),
       gen_random_uuid(), 1, 'e', 'x', '1', '1', 'x', '[]' from generate_series(0, $1 - 1) as i`,
    [KEYS],
  );
  await pool.query('vacuum analyze object_version');
}, 240_000);
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
}, 60_000);

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** A page and the blocks that PostgreSQL looked at for it. */
async function cost(delimiter: string | undefined, after: string): Promise<{ entries: number; blocks: number }> {
  let blocks = 0;
  const explaining = {
    query: async (text: string, values: unknown[]): Promise<never> => {
      const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      );
      const plan = rows[0]!['QUERY PLAN'][0].Plan;
      blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      return (await pool.query(text, values)) as never;
    },
  };
  const page = await listPage(explaining, { bucket: 'large', prefix: '', delimiter, after, maxKeys: 100 });
  return { entries: page.contents.length + page.commonPrefixes.length, blocks };
}

describe('a page of a bucket with 200,000 keys', () => {
  it('costs at the end what it costs at the start', async () => {
    const first = await cost(undefined, '');
    const last = await cost(undefined, '0199/000199899');
    expect([first.entries, last.entries]).toEqual([100, 100]);
    expect(first.blocks).toBeLessThan(150);
    expect(last.blocks).toBeLessThan(first.blocks * 1.5 + 10);
  }, 60_000);

  it('skips what is rolled up into a common prefix', async () => {
    const first = await cost('/', '');
    const last = await cost('/', '0099/');
    expect([first.entries, last.entries]).toEqual([100, 100]);
    // Some blocks for each prefix, of a thousand keys each.
    expect(first.blocks).toBeLessThan(2000);
    expect(last.blocks).toBeLessThan(first.blocks * 1.5 + 10);
  }, 60_000);
});
