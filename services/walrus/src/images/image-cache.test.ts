import { createHash, randomBytes } from 'node:crypto';
import { link, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@mallee/daemon';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { ImageCache, type ImageCacheOptions, type ImageLease } from './image-cache.js';

const logger = createLogger({ name: 'test', level: 'silent' });
const keyOf = (name: string) => createHash('sha256').update(name).digest('hex');
const sourceOf = (content: Buffer) => () => Readable.from([content], { objectMode: false });

let scratch: ScratchDirectory;
let clock = 0;
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

const cacheWith = (options: Partial<ImageCacheOptions> = {}) =>
  new ImageCache({
    directory: join(scratch.path, 'cache'),
    maxBytes: 10_000,
    minFreeBytes: 0,
    idleMs: 1000,
    waitMs: 60_000,
    logger,
    now: () => clock,
    ...options,
  });
const files = () => readdir(join(scratch.path, 'cache'));
/** The files, once there are so many and none of them is a draft: making them durable and removing them goes on behind. */
const settledFiles = async (count: number): Promise<string[]> => {
  for (;;) {
    const names = await files();
    if (names.length === count && !names.some((name) => name.endsWith('.unfinished'))) return names;
    await sleep(10);
  }
};
const contentOf = async (lease: ImageLease, range?: { start: number; end: number }): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of lease.stream(range) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const use = async (cache: ImageCache, name: string, size: number): Promise<string> => {
  clock += 1;
  const lease = await cache.lease(keyOf(name), size, sourceOf(Buffer.alloc(size, name)));
  await lease.release();
  return lease.origin;
};
const failure = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => (isMalleeError(error) ? error.code : `untyped: ${String(error)}`),
  );

describe('ImageCache', () => {
  test('decrypts once for requests at the same time and serves the same bytes to all', async () => {
    const cache = cacheWith();
    const content = randomBytes(5000);
    let started = 0;
    const source = () => {
      started += 1;
      return sourceOf(content)();
    };
    const leases = await Promise.all([1, 2, 3].map(() => cache.lease(keyOf('a'), 5000, source)));
    expect(started).toBe(1);
    expect(leases.map(({ origin }) => origin)).toEqual(['miss', 'joined', 'joined']);
    for (const lease of leases) {
      expect(lease.sha256).toBe(createHash('sha256').update(content).digest('hex'));
      expect((await contentOf(lease)).equals(content)).toBe(true);
    }
    const again = await cache.lease(keyOf('a'), 5000, source);
    expect(again.origin).toBe('hit');
    expect(await contentOf(again, { start: 10, end: 19 })).toEqual(content.subarray(10, 20));
    expect(started).toBe(1);
  });

  test('keeps nothing of a failed decryption, tells every waiter, and tries again next time', async () => {
    const cache = cacheWith();
    const broken = () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(100, 1);
          throw new MalleeError('Image.DigestMismatch', 'wrong');
        })(),
        { objectMode: false },
      );
    const attempts = [1, 2].map(() => failure(cache.lease(keyOf('a'), 5000, broken)));
    expect(await Promise.all(attempts)).toEqual(['Image.DigestMismatch', 'Image.DigestMismatch']);
    expect(await failure(cache.lease(keyOf('a'), 5000, sourceOf(Buffer.alloc(4999))))).toBe('Image.DigestMismatch');
    expect(await files()).toEqual([]);
    expect(cache.bytes).toBe(0);
    expect(await use(cache, 'a', 9000)).toBe('miss'); // the reservation of the failed ones is gone
  });

  test('puts out the least recently used, never one that is being read', async () => {
    const cache = cacheWith();
    await use(cache, 'a', 4000);
    await use(cache, 'b', 4000);
    expect(await use(cache, 'a', 4000)).toBe('hit');
    await use(cache, 'c', 4000);
    expect(await use(cache, 'a', 4000)).toBe('hit');
    expect(await use(cache, 'b', 4000)).toBe('miss');

    const reading = await Promise.all(
      ['a', 'b'].map((name) => cache.lease(keyOf(name), 4000, sourceOf(Buffer.alloc(4000, name)))),
    );
    expect(await failure(use(cache, 'c', 4000))).toBe('Image.CacheFull');
    await Promise.all(reading.map((lease) => lease.release()));
    expect(await use(cache, 'c', 4000)).toBe('miss');
    expect(await settledFiles(2)).toHaveLength(2);
  });

  test('an image larger than the whole cache puts nothing out', async () => {
    const cache = cacheWith();
    await use(cache, 'a', 4000);
    expect(await failure(use(cache, 'big', 10_001))).toBe('Image.CacheFull');
    expect(await use(cache, 'a', 4000)).toBe('hit');
  });

  test('leaves the wanted room on the disk', async () => {
    const cache = cacheWith({ minFreeBytes: 1e18 });
    expect(await failure(use(cache, 'a', 10))).toBe('Image.CacheFull');
    expect(await files()).toEqual([]);
  });

  test('survives a restart, removes what was unfinished or damaged', async () => {
    const first = cacheWith();
    await use(first, 'a', 4000);
    await use(first, 'b', 3000);
    const directory = join(scratch.path, 'cache');
    const damaged = (await settledFiles(2)).find((name) => name.startsWith(keyOf('b'))) ?? '';
    await writeFile(join(directory, damaged), 'cut');
    await writeFile(join(directory, 'x.unfinished'), 'plain text');
    const second = cacheWith();
    expect(await use(second, 'a', 4000)).toBe('hit');
    expect(second.bytes).toBe(4000);
    expect(await settledFiles(1)).toHaveLength(1);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test('serves what is not yet durable; a crash leaves a draft, which the next run removes', async () => {
    const cache = cacheWith();
    const content = randomBytes(9000);
    const lease = await cache.lease(keyOf('a'), 9000, sourceOf(content));
    expect((await contentOf(lease)).equals(content)).toBe(true);
    await lease.release();
    await cache.settled();
    const [name = ''] = await settledFiles(1);
    expect(name).toMatch(/^[0-9a-f]{64}\.[0-9a-f]{64}\.9000\..*\.image$/);
    // As after a crash between the two names of one file, and before the first of them.
    const directory = join(scratch.path, 'cache');
    await link(join(directory, name), join(directory, 'x.unfinished'));
    await writeFile(join(directory, 'y.unfinished'), 'plain text');
    expect(await use(cacheWith(), 'a', 9000)).toBe('hit');
    expect(await files()).toEqual([name]);
  });

  test('flush and idleness remove the plain text; a reader may finish', async () => {
    const cache = cacheWith();
    const content = randomBytes(4000);
    const lease = await cache.lease(keyOf('a'), 4000, sourceOf(content));
    await cache.flush(keyOf('a'));
    const anew = await cache.lease(keyOf('a'), 4000, sourceOf(content));
    expect(anew.origin).toBe('miss');
    expect((await contentOf(lease)).equals(content)).toBe(true);
    await lease.release();
    expect((await contentOf(anew)).equals(content)).toBe(true);
    await anew.release();
    expect(await settledFiles(1)).toHaveLength(1);
    clock += 500;
    await cache.dropIdle();
    expect(await settledFiles(1)).toHaveLength(1);
    clock += 5000;
    await cache.dropIdle();
    expect(await settledFiles(0)).toEqual([]);
  });

  test('a request does not wait for ever', async () => {
    const cache = cacheWith({ waitMs: 50 });
    let finish = (): void => undefined;
    const stuck = () =>
      Readable.from(
        (async function* () {
          await new Promise<void>((resolve) => (finish = resolve));
          yield Buffer.alloc(10);
        })(),
        { objectMode: false },
      );
    expect(await failure(cache.lease(keyOf('a'), 10, stuck))).toBe('ServiceUnavailable');
    finish();
    expect(await use(cache, 'a', 10)).toMatch(/joined|hit/);
  });

  test('zeros take no room on the disk', async () => {
    const cache = cacheWith({ maxBytes: 1e9 });
    const size = 8 * 1024 * 1024;
    const content = Buffer.alloc(size);
    content.write('end', size - 3);
    const lease = await cache.lease(keyOf('a'), size, sourceOf(content));
    expect((await contentOf(lease)).equals(content)).toBe(true);
    const [name = ''] = await settledFiles(1);
    expect((await stat(join(scratch.path, 'cache', name))).blocks * 512).toBeLessThan(256 * 1024);
  });
});
