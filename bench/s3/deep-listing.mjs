import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { signV4 } from '@mallee/aws-signatures';

const PAGES = 5;

/** Pages of 1,000 keys at both ends of a bucket of a million (rows put there by SQL: a listing opens no blob). */
export async function measureDeepListing({ walrus, quick }) {
  const count = quick ? 100_000 : 1_000_000;
  const client = new pg.Client(JSON.parse(readFileSync(join(walrus.state, 'walrus.json'), 'utf8')).databaseUrl);
  await client.connect();
  try {
    await client.query('set search_path = walrus');
    await client.query(
      `insert into bucket (name, account_id, canonical_id, display_name, acl)
       select 'deep', account_id, canonical_id, display_name, acl from bucket where name = $1`,
      [walrus.bucket],
    );
    await client.query(
      `insert into object_version (bucket, object_key, version_id, rank, blob_id, size, etag, content_type, account_id, canonical_id,
         display_name, acl)
       select name, 'key-' || lpad(i::text, 9, '0'), 'null', nextval('version_rank'), gen_random_uuid(), 1, md5(i::text),
         'text/plain', account_id, canonical_id, display_name, acl
         from bucket, generate_series(1, $1::int) as i where name = 'deep'`,
      [count],
    );
    await client.query('vacuum analyze object_version');
    const ends = ['', `key-${String(count - PAGES * 1000).padStart(9, '0')}`];
    await Promise.all(ends.map((after) => pages(walrus, after)));
    let [first, last] = [0, 0];
    for (let round = 0; round < 4; round += 1) {
      first += await pages(walrus, ends[0]);
      last += await pages(walrus, ends[1]);
    }
    return {
      figure: 'list a page at the end of 1,000,000 keys / at the start',
      unit: 'ratio',
      bar: 1.5,
      aim: 1.1,
      lowerIsBetter: true,
      value: last / first,
      keys: count,
      firstMs: Number((first / 4 / PAGES).toFixed(1)),
      lastMs: Number((last / 4 / PAGES).toFixed(1)),
    };
  } finally {
    await client.end();
  }
}

/** Milliseconds of five pages after a key. */
async function pages({ port, credentials }, after) {
  const host = `127.0.0.1:${port}`;
  const started = performance.now();
  let where = `start-after=${after}`;
  for (let page = 0; page < PAGES; page += 1) {
    const rawQuery = `list-type=2&${where}`;
    const request = { method: 'GET', rawPath: '/deep', rawQuery, headers: { host } };
    const headers = signV4({ ...request, region: 'us-east-1', service: 's3' }, credentials, new Date());
    const text = await (await fetch(`http://${host}/deep?${rawQuery}`, { headers })).text();
    if (text.split('<Contents>').length !== 1001) throw new Error(text.slice(0, 500));
    where = `continuation-token=${/<NextContinuationToken>([^<]+)</.exec(text)?.[1]}`;
  }
  return performance.now() - started;
}
