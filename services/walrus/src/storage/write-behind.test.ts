import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WriteBehind } from './write-behind.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-behind-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file, with other answers to writev. */
function withWrites(
  file: FileHandle,
  writev: (buffers: readonly Buffer[]) => Promise<{ bytesWritten: number }>,
): FileHandle {
  return { writev, datasync: () => file.datasync() } as unknown as FileHandle;
}

describe('WriteBehind', () => {
  test('chunks of all sizes arrive in order, also when the system takes only some of the bytes', async () => {
    const path = join(folder, 'whole');
    const file = await open(path, 'w');
    const some = withWrites(file, async (buffers) => {
      const bytes = Buffer.concat(buffers);
      await file.write(bytes.subarray(0, Math.ceil(bytes.length / 3)));
      return { bytesWritten: Math.ceil(bytes.length / 3) };
    });
    const bytes = new WriteBehind(some);
    const sent: Buffer[] = [];
    for (let i = 0; i < 400; i++) {
      const chunk = Buffer.alloc((i * 7919) % 130_000, `${i},`);
      sent.push(chunk);
      await bytes.write(chunk);
    }
    await bytes.drain();
    await file.close();
    expect(readFileSync(path).equals(Buffer.concat(sent))).toBe(true);
  });

  test('a failed write is told by the next call, and by drain', async () => {
    const file = await open(join(folder, 'full'), 'w');
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const bytes = new WriteBehind(withWrites(file, () => Promise.reject(full)));
    await bytes.write(Buffer.alloc(1024 * 1024));
    await expect(bytes.write(Buffer.alloc(1024 * 1024))).rejects.toBe(full);
    await expect(bytes.drain()).rejects.toBe(full);
    await bytes.settle();
    await file.close();
  });

  test('nothing at all makes an empty file', async () => {
    const path = join(folder, 'empty');
    const file = await open(path, 'w');
    await new WriteBehind(file).drain();
    await file.close();
    expect(readFileSync(path).length).toBe(0);
  });
});
