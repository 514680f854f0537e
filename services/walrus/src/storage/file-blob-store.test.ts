import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { filesBelow } from '../test-support/fixture.js';
import { FileBlobStore } from './file-blob-store.js';

let scratch: ScratchDirectory;
let store: FileBlobStore;
beforeEach(async () => {
  scratch = scratchDirectory();
  store = await FileBlobStore.open(scratch.path);
});
afterEach(() => scratch.remove());

async function contentOf(id: string): Promise<string | undefined> {
  const blob = await store.open(id);
  if (blob === undefined) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of blob.stream() as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function stored(content: string): Promise<string> {
  const writer = await store.create();
  await writer.write(Buffer.from(content));
  await writer.commit();
  return writer.id;
}

test('parallel writers share a directory; each finds its own bytes', async () => {
  const contents = Array.from({ length: 100 }, (_, i) => `content ${i}`);
  const ids = await Promise.all(contents.map(stored));
  expect(await Promise.all(ids.map(contentOf))).toEqual(contents);
  expect(readdirSync(join(scratch.path, 'objects'))).toHaveLength(1);
  expect(readdirSync(join(scratch.path, 'tmp'))).toEqual([]);
  const listed: string[] = [];
  for await (const id of store.list(new Date(Date.now() + 60_000))) listed.push(id);
  expect(listed.sort()).toEqual(ids.sort());
});

test('the next directory is chosen in time', async () => {
  for (let i = 0; i < 9; i++) {
    const writers = await Promise.all(Array.from({ length: 250 }, () => store.create()));
    await writers[0]!.commit();
    await Promise.all(writers.map((writer) => writer.abort()));
  }
  expect(readdirSync(join(scratch.path, 'objects')).length).toBeGreaterThan(1);
  expect(filesBelow(scratch.path)).toHaveLength(9);
});

test('an abort drops everything, and nothing after a commit', async () => {
  const writer = await store.create();
  await writer.write(Buffer.from('half'));
  await writer.abort();
  await writer.abort();
  expect(filesBelow(scratch.path)).toEqual([]);
  const kept = await store.create();
  await kept.write(Buffer.from('whole'));
  await kept.commit();
  await kept.abort();
  expect(await contentOf(kept.id)).toBe('whole');
});

test('a commit that fails leaves nothing behind after the abort', async () => {
  const writer = await store.create();
  await writer.write(Buffer.from('x'));
  expect(await store.removeAbandonedWrites(new Date(Date.now() + 60_000))).toBe(1);
  await expect(writer.commit()).rejects.toMatchObject({ code: 'ENOENT' });
  await writer.abort();
  expect(filesBelow(scratch.path)).toEqual([]);
});
