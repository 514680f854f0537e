import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppendedFile } from './appended-file.js';

const MIB = 1024 * 1024;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'appended-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('AppendedFile', () => {
  test('chunks of all sizes arrive in order, also when the system takes only some of the bytes', async () => {
    const path = join(folder, 'whole');
    const file = await open(path, 'w');
    const some = {
      write: (bytes: Buffer, at: number) => file.write(bytes, at, Math.ceil((bytes.length - at) / 3)),
      datasync: () => file.datasync(),
    } as unknown as FileHandle;
    const bytes = new AppendedFile(some);
    const sent: Buffer[] = [];
    for (let i = 0; i < 200; i++) {
      const chunk = Buffer.alloc((i * 7919) % 130_000, `${i},`);
      sent.push(Buffer.from(chunk));
      await bytes.write(chunk);
      chunk.fill(0);
    }
    await bytes.drain();
    await file.close();
    expect(readFileSync(path).equals(Buffer.concat(sent))).toBe(true);
  });

  test('a failed write is told at once, a failed sync at a later call or by drain', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const refusing = { write: () => Promise.reject(full) } as unknown as FileHandle;
    await expect(new AppendedFile(refusing).write(Buffer.alloc(1))).rejects.toBe(full);
    const forgetful = {
      write: (bytes: Buffer) => Promise.resolve({ bytesWritten: bytes.length }),
      datasync: () => Promise.reject(full),
    } as unknown as FileHandle;
    const bytes = new AppendedFile(forgetful);
    await bytes.write(Buffer.alloc(16 * MIB));
    await bytes.settle();
    await expect(bytes.drain()).rejects.toBe(full);
  });

  test('nothing at all makes an empty file', async () => {
    const path = join(folder, 'empty');
    const file = await open(path, 'w');
    await new AppendedFile(file).drain();
    await file.close();
    expect(readFileSync(path).length).toBe(0);
  });
});
