import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, isUniqueViolation, migrate, transaction, type Pool } from './index.js';
import { startTestPostgres, type TestService } from '@mallee/testing';

let server: TestService;
let root: string;
let counter = 0;
let schema: string;
const pools: Pool[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
  root = mkdtempSync(join(tmpdir(), 'mallee-migrations-'));
}, 60_000);
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}, 60_000);
beforeEach(() => {
  schema = `test_${++counter}`;
});

function open(): Pool {
  const pool = createPool(server.url, { schema, max: 6 });
  pools.push(pool);
  return pool;
}

function folder(namespace: string, files: Record<string, string>): string {
  const directory = join(root, schema, namespace, 'migrations');
  mkdirSync(directory, { recursive: true });
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(directory, name), sql);
  return directory;
}

describe('migrate', () => {
  test('makes the schema and applies each file of each folder once', async () => {
    const pool = open();
    const a = folder('a', { '0001_one.sql': 'create table one (n int)', '0002_two.sql': 'create table two (n int)' });
    const b = folder('b', { '0001_one.sql': 'create table three (n int)' });
    const directories = [a, b];
    expect(await migrate(pool, { schema, directories })).toEqual(['a/0001_one', 'a/0002_two', 'b/0001_one']);
    expect(await migrate(pool, { schema, directories })).toEqual([]);
    folder('a', { '0003_four.sql': 'create table four (n int)' });
    expect(await migrate(pool, { schema, directories })).toEqual(['a/0003_four']);
    await pool.query('insert into three (n) values (1)');
    const { rows } = await pool.query(`select count(*) as n from ${schema}.three`);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('parallel starts apply every file exactly once', async () => {
    const directory = folder('a', { '0001_slow.sql': 'select pg_sleep(0.2); create table one (n int)' });
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(open(), { schema, directories: [directory] })));
    expect(applied.flat()).toEqual(['a/0001_slow']);
  });

  test('a failing file leaves nothing of itself and keeps the earlier ones', async () => {
    const pool = open();
    const directory = folder('a', {
      '0001_one.sql': 'create table one (n int)',
      '0002_bad.sql': 'create table half (n int); select nonsense',
    });
    await expect(migrate(pool, { schema, directories: [directory] })).rejects.toMatchObject({
      code: 'Database.MigrationFailed',
      message: expect.stringContaining('a/0002_bad'),
    });
    const { rows } = await pool.query('select table_name from information_schema.tables where table_schema = $1', [
      schema,
    ]);
    expect(rows.map((row) => row.table_name).sort()).toEqual(['migration', 'one']);
  });

  test('refuses a changed file, an unknown applied file and a gap filled later', async () => {
    const pool = open();
    const directory = folder('a', { '0002_two.sql': 'create table two (n int)' });
    await migrate(pool, { schema, directories: [directory] });
    const conflict = { code: 'Database.MigrationConflict' };
    folder('a', { '0001_one.sql': 'select 1' });
    await expect(migrate(pool, { schema, directories: [directory] })).rejects.toMatchObject(conflict);
    rmSync(join(directory, '0001_one.sql'));
    folder('a', { '0002_two.sql': 'create table other (n int)' });
    await expect(migrate(pool, { schema, directories: [directory] })).rejects.toMatchObject(conflict);
    rmSync(join(directory, '0002_two.sql'));
    folder('a', { '0001_one.sql': 'select 1' });
    await expect(migrate(pool, { schema, directories: [directory] })).rejects.toMatchObject(conflict);
  });

  test('refuses file names that are not NNNN_name.sql', async () => {
    const directory = folder('a', { '1_x.sql': 'select 1' });
    await expect(migrate(open(), { schema, directories: [directory] })).rejects.toMatchObject({
      code: 'Configuration.Invalid',
    });
  });
});

describe('transaction', () => {
  test('commits, and rolls back when the function throws', async () => {
    const pool = open();
    await migrate(pool, { schema, directories: [folder('a', { '0001_t.sql': 'create table t (n int unique)' })] });
    await transaction(pool, (client) => client.query('insert into t values (1)'));
    const failure = new Error('no');
    await expect(
      transaction(pool, async (client) => {
        await client.query('insert into t values (2)');
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect((await pool.query('select n from t')).rows).toEqual([{ n: 1 }]);
    const duplicate = await pool.query('insert into t values (1)').catch((error: unknown) => error);
    expect(isUniqueViolation(duplicate)).toBe(true);
    expect(isUniqueViolation(duplicate, 't_n_key')).toBe(true);
    expect(isUniqueViolation(duplicate, 'other')).toBe(false);
  });

  test.each(['ENOENT', 'EPIPE', 'ECONNREFUSED'])('leaves %s of other work of the function alone', async (code) => {
    const failure = Object.assign(new Error(`${code}: no such file`), { code });
    await expect(transaction(open(), () => Promise.reject(failure))).rejects.toBe(failure);
  });

  test('is Database.Unavailable when its connection is killed, before and in the commit', async () => {
    const pool = open();
    const unavailable = { code: 'Database.Unavailable' };
    const suicide = transaction(pool, (client) => client.query('select pg_terminate_backend(pg_backend_pid())'));
    await expect(suicide).rejects.toMatchObject(unavailable);
    const killed = transaction(pool, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const gone = new Promise((resolve) => client.once('end', resolve));
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await gone;
    });
    await expect(killed).rejects.toMatchObject(unavailable);
  });

  test('runs again on a serialization failure until it succeeds', async () => {
    const pool = open();
    const sql = 'create table counter (n int); insert into counter values (0)';
    await migrate(pool, { schema, directories: [folder('a', { '0001_t.sql': sql })] });
    let runs = 0;
    const increment = async (): Promise<void> => {
      await transaction(
        pool,
        async (client) => {
          runs++;
          const { rows } = await client.query<{ n: number }>('select n from counter');
          await client.query('update counter set n = $1', [(rows[0]?.n ?? 0) + 1]);
        },
        { isolation: 'serializable', attempts: 50 },
      );
    };
    await Promise.all([1, 2, 3, 4, 5].map(increment));
    expect((await pool.query('select n from counter')).rows).toEqual([{ n: 5 }]);
    expect(runs).toBeGreaterThanOrEqual(5);
  });

  test('gives up after the bound', async () => {
    const pool = open();
    let runs = 0;
    const conflict = Object.assign(new Error('deadlock'), { code: '40P01' });
    const failing = transaction(pool, () => Promise.reject(new Error('never')), { attempts: 3 });
    await expect(failing).rejects.toThrow('never');
    const bounded = transaction(
      pool,
      () => {
        runs++;
        return Promise.reject(conflict);
      },
      { attempts: 3 },
    );
    await expect(bounded).rejects.toBe(conflict);
    expect(runs).toBe(3);
  });
});

describe('createPool', () => {
  test('bigint arrives as a number', async () => {
    const { rows } = await open().query('select 5000000000::bigint as n');
    expect(rows).toEqual([{ n: 5_000_000_000 }]);
  });

  test('a server that is not there is Database.Unavailable', async () => {
    const pool = createPool('postgres:///x?host=/nonexistent&user=nobody', { schema: 'x' });
    pools.push(pool);
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'Database.Unavailable' });
    await expect(transaction(pool, () => Promise.resolve())).rejects.toMatchObject({ code: 'Database.Unavailable' });
    await expect(migrate(pool, { schema: 'x', directories: [] })).rejects.toMatchObject({
      code: 'Database.Unavailable',
    });
  });

  test('a connection killed by the server is Database.Unavailable, and the pool recovers', async () => {
    const pool = open();
    await expect(pool.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject({
      code: 'Database.Unavailable',
    });
    expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });

  test.each(['Robert"; drop table x', 'A', '', 'a-b', '1a'])('refuses %p as schema', (name) => {
    expect(() => createPool('postgres:///x', { schema: name })).toThrow(
      expect.objectContaining({ code: 'Configuration.Invalid' }),
    );
  });

  test('refuses other URLs', () => {
    expect(() => createPool('mysql://x', { schema: 'x' })).toThrow(
      expect.objectContaining({ code: 'Configuration.Invalid' }),
    );
  });
});
