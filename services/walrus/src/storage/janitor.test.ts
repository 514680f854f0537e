import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@mallee/daemon';
import { startFixture, type Fixture } from '../test-support/fixture.js';
import { Janitor } from './janitor.js';

let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture();
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

async function blob(): Promise<string> {
  const writer = await walrus.blobs.create();
  await writer.write(Buffer.from('bytes'));
  await writer.commit();
  return writer.id;
}

function janitor(graceMs: number): Janitor {
  const { pool } = walrus;
  // As a store whose clock is an hour behind: whatever is there looks old.
  const blobs: typeof walrus.blobs = Object.assign(Object.create(walrus.blobs) as typeof walrus.blobs, {
    create: () => walrus.blobs.create(),
    open: (id: string) => walrus.blobs.open(id),
    remove: (id: string) => walrus.blobs.remove(id),
    list: (olderThan: Date) => walrus.blobs.list(new Date(olderThan.getTime() + 3_600_000)),
    removeAbandonedWrites: () => Promise.resolve(0),
  });
  return new Janitor({
    pool,
    blobs,
    graceMs,
    intervalMs: 3_600_000,
    logger: createLogger({ name: 'j', level: 'fatal' }),
  });
}

describe('blobs without a row', () => {
  it('get a second look, so that one that is just being committed stays', async () => {
    const [written, orphan] = [await blob(), await blob()];
    const sweeping = janitor(2000).sweep();
    await sleep(700);
    await walrus.pool.query(
      `insert into version_part (rank, part_number, blob_id, size, etag) values (-1, 1, $1, 5, $2)`,
      [written, randomUUID()],
    );
    expect((await sweeping).orphansRemoved).toBe(1);
    expect((await walrus.blobs.open(orphan)) === undefined).toBe(true);
    const kept = await walrus.blobs.open(written);
    expect(kept?.size).toBe(5);
    await kept?.close();
  }, 30_000);

  it('are left for the next start by a janitor that stops', async () => {
    const orphan = await blob();
    const stopped = janitor(60_000);
    stopped.start();
    await sleep(500);
    await stopped.stop();
    expect((await janitor(0).sweep()).orphansRemoved).toBe(1);
    expect(await walrus.blobs.open(orphan)).toBeUndefined();
  }, 30_000);
});
