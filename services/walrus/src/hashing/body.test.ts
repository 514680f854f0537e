import { createHash, randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createChecksum } from '@mallee/aws-signatures';
import fc from 'fast-check';
import type { Body, Sink } from './body.js';
import { InlineBody } from './body.js';
import type { DigestName } from './digester.js';
import { HashThreads } from './hash-threads.js';
import { SegmentedBody, SEGMENTS } from './segmented-body.js';
import { SEGMENT_BYTES } from './segments.js';

const NAMES: DigestName[] = ['md5', 'sha256', 'sha1', 'crc32', 'crc32c', 'crc64nvme'];
const threads = new HashThreads(2);
const data = randomBytes(7 * SEGMENT_BYTES + 12_345);
afterAll(() => threads.close());

const nothing: Sink = () => Promise.resolve();
const segmented = (sink: Sink, names: DigestName[] = ['md5']): Body => new SegmentedBody(threads.start(names), sink);

function digest(name: DigestName, bytes: Buffer): string {
  if (name === 'md5') return createHash('md5').update(bytes).digest('hex');
  const running = createChecksum(name);
  running.update(bytes);
  return running.digest().toString('hex');
}

describe('a body', () => {
  test('has the digests of its bytes, and they arrive in order, however they are cut', async () => {
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 3_000_000 })), {
      minLength: 1,
      maxLength: 30,
    });
    const kinds = fc.constantFrom('inline', 'segmented');
    await fc.assert(
      fc.asyncProperty(cuts, kinds, fc.subarray(NAMES, { minLength: 1 }), async (sizes, kind, names) => {
        const got: Buffer[] = [];
        const sink: Sink = async (bytes) => {
          await new Promise(setImmediate);
          got.push(Buffer.from(bytes));
        };
        const body = kind === 'inline' ? new InlineBody(names, sink) : segmented(sink, names);
        let at = 0;
        for (const size of sizes) {
          // What is handed in may change as soon as it is taken.
          const chunk = Buffer.from(data.subarray(at, at + size));
          at += chunk.length;
          await body.take(chunk);
          chunk.fill(0);
        }
        const digests = await body.finish();
        const sent = data.subarray(0, at);
        expect(Buffer.concat(got).equals(sent)).toBe(true);
        for (const name of names)
          expect([name, digests.get(name)!.toString('hex')]).toEqual([name, digest(name, sent)]);
        expect(digests.size).toBe(names.length);
      }),
      { numRuns: 25 },
    );
    expect(threads.jobs).toBe(0);
  }, 120_000);

  test('several at a time do not mix', async () => {
    const all = Array.from({ length: 5 }, async (_, i) => {
      const body = segmented(nothing);
      for (let n = 0; n < 20; n++) await body.take(Buffer.alloc(300_000 + i, i));
      return (await body.finish()).get('md5')!.toString('hex');
    });
    const expected = Array.from({ length: 5 }, (_, i) => digest('md5', Buffer.alloc(20 * (300_000 + i), i)));
    expect(await Promise.all(all)).toEqual(expected);
  }, 60_000);

  test('a sink that does not take its bytes stops the body after a few segments', async () => {
    let open: () => void = () => undefined;
    const body = segmented(() => new Promise<void>((resolve) => (open = resolve)));
    let taken = 0;
    let waiting: Promise<void> | undefined;
    for (; taken < 100 && waiting === undefined; taken++) {
      const pending = body.take(Buffer.alloc(SEGMENT_BYTES / 4));
      const settled = await Promise.race([pending, new Promise((resolve) => setTimeout(resolve, 200, 'pending'))]);
      if (settled === 'pending') waiting = pending;
    }
    expect(taken).toBe(4 * SEGMENTS + 1);
    open();
    await waiting;
    const ended = body.abort();
    open();
    await ended;
    expect(threads.jobs).toBe(0);
  }, 60_000);

  test('a failure of the sink ends it', async () => {
    const full = new Error('full');
    const body = segmented(() => Promise.reject(full));
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await body.take(Buffer.alloc(SEGMENT_BYTES));
    };
    await expect(fill()).rejects.toBe(full);
    await expect(body.finish()).rejects.toBe(full);
    await body.abort();
    expect(threads.jobs).toBe(0);
  }, 60_000);

  test('one that is given up waits for its sink, which is not called again', async () => {
    const calls: Array<() => void> = [];
    const body = segmented(() => new Promise<void>((resolve) => calls.push(resolve)));
    for (let i = 0; i < 3; i++) await body.take(Buffer.alloc(SEGMENT_BYTES));
    await new Promise(setImmediate);
    let ended = false;
    const aborted = body.abort().then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([ended, calls.length]).toEqual([false, 1]);
    calls[0]!();
    await aborted;
    expect([calls.length, threads.jobs]).toEqual([1, 0]);
  }, 60_000);
});

describe('the threads', () => {
  test('one that dies fails its jobs; the next job has another', async () => {
    const own = new HashThreads(1);
    const body = new SegmentedBody(own.start(['md5']), nothing);
    await body.take(Buffer.alloc(SEGMENT_BYTES));
    await own.close();
    await expect(body.finish()).rejects.toMatchObject({ code: 'InternalError' });
    await body.abort();
    expect(own.jobs).toBe(0);
    const next = new SegmentedBody(own.start(['md5']), nothing);
    await next.take(data);
    expect((await next.finish()).get('md5')!.toString('hex')).toBe(digest('md5', data));
    await own.close();
  }, 60_000);
});
