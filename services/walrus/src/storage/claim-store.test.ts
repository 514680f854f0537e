import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool, migrate, type Pool } from '@mallee/database';
import { scratchDirectory, startTestPostgres, type ScratchDirectory, type TestService } from '@mallee/testing';
import { startFixture, type Fixture } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';
import type { BlobStore } from './blob-store.js';
import { claimStore } from './claim-store.js';
import { FileBlobStore } from './file-blob-store.js';
import { S3BlobStore } from './s3-blob-store.js';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const wrong = expect.objectContaining({ code: 'InvalidStorage.WrongStore' });

let postgres: TestService;
const pools: Pool[] = [];
let scratch: ScratchDirectory;

beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await postgres?.stop();
}, 60_000);
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

/** A database of its own: a schema. */
async function newDatabase(): Promise<Pool> {
  const schema = `walrus${pools.length}`;
  const pool = createPool(postgres.url, { schema, max: 2 });
  pools.push(pool);
  await migrate(pool, { schema, directories: [MIGRATIONS] });
  return pool;
}

describe('a store of files', () => {
  let store: BlobStore;
  let mark: string;
  beforeEach(async () => {
    store = await FileBlobStore.open(scratch.path);
    mark = join(scratch.path, 'store-mark');
  });

  it('keeps to the database it met first, through restarts and for all its processes', async () => {
    const db = await newDatabase();
    await Promise.all([claimStore(db, store), claimStore(db, await FileBlobStore.open(scratch.path))]);
    await claimStore(db, store);
    await expect(claimStore(await newDatabase(), store)).rejects.toEqual(wrong);
    await claimStore(db, store);
  });

  it('that is not mounted is refused, and taken again when it is back', async () => {
    const db = await newDatabase();
    await claimStore(db, store);
    const text = readFileSync(mark, 'utf8').trim();
    renameSync(mark, `${mark}.away`);
    const told = expect.objectContaining({
      code: 'InvalidStorage.WrongStore',
      message: expect.stringContaining(text) as unknown,
    });
    await expect(claimStore(db, store)).rejects.toEqual(told);
    await expect(store.readMark()).resolves.toBeUndefined();
    renameSync(`${mark}.away`, mark);
    await claimStore(db, store);
    // What the message says helps.
    rmSync(mark);
    writeFileSync(mark, text);
    await claimStore(db, store);
  });

  it('with a mark that makes no sense is refused', async () => {
    writeFileSync(mark, 'what?'.repeat(1000));
    await expect(claimStore(await newDatabase(), store)).rejects.toEqual(wrong);
  });
});

describe('a bucket of another store', () => {
  let behind: Fixture;
  beforeAll(async () => {
    behind = await startFixture();
  }, 60_000);
  afterAll(() => behind?.stop(), 60_000);

  it('belongs to one database, too', async () => {
    const { accessKeyId, secretKey: secretAccessKey } = alice;
    const endpoint = `http://127.0.0.1:${behind.port}`;
    const store = await S3BlobStore.open({ endpoint, bucket: 'marked', accessKeyId, secretAccessKey, region: 'x' });
    try {
      const db = await newDatabase();
      await claimStore(db, store);
      await claimStore(db, store);
      await expect(claimStore(await newDatabase(), store)).rejects.toEqual(wrong);
      expect(store.markPlace).toBe(`${endpoint}/marked/store-mark`);
    } finally {
      store.close();
    }
  });
});
