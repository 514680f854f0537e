import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { copyFile } from './copy-file.js';

let folder: string;
let path: string;
const bytes = Buffer.alloc(3 * 1024 * 1024 + 17, 'copied: ');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'copy-file-'));
  path = join(folder, 'file');
  writeFileSync(path, bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Keeps what it is given; each write takes a moment, so that buffers used too early would show. */
function slowTarget(): { target: Writable; received: () => Buffer } {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write: (chunk: Buffer, _encoding, done) =>
      void setTimeout(() => {
        chunks.push(Buffer.from(chunk));
        done();
      }, 2),
  });
  return { target, received: () => Buffer.concat(chunks) };
}

async function copied(start: number, end: number): Promise<Buffer> {
  const { target, received } = slowTarget();
  const file = await open(path);
  const finished = new Promise((resolve) => target.once('finish', resolve));
  await copyFile(file, target, { start, end });
  await finished;
  await file.close();
  return received();
}

describe('copyFile', () => {
  test('copies ranges of any size, several at a time', async () => {
    const ranges: readonly [number, number][] = [
      [0, bytes.length - 1],
      [1, 700_000],
      [5, 5],
      [100, 65_635],
      [100, 65_636],
      [2_000_003, bytes.length - 1],
    ];
    const results = await Promise.all(ranges.map(([start, end]) => copied(start, end)));
    for (const [i, [start, end]] of ranges.entries()) {
      expect(results[i]?.equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  test('a target that closes on the way, and a file that is too short, are failures', async () => {
    const { target } = slowTarget();
    const file = await open(path);
    const copying = copyFile(file, target, { start: 0, end: bytes.length - 1 });
    target.destroy();
    await expect(copying).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    for (const start of [bytes.length - 10, 0]) {
      const range = { start, end: bytes.length + 5 };
      await expect(copyFile(file, slowTarget().target, range)).rejects.toThrow('shorter');
    }
    await file.close();
  });
});
