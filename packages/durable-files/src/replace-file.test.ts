import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { replaceFile } from './replace-file.js';

let scratch: ScratchDirectory;
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

test('makes a file and replaces it, for its owner alone', async () => {
  const path = join(scratch.path, 'record.json');
  writeFileSync(path, 'old', { mode: 0o644 });
  await replaceFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(scratch.path)).toEqual(['record.json']);
});

test('readers see whole contents only, however many write', async () => {
  const path = join(scratch.path, 'record');
  const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
  await replaceFile(path, contents[0]!);
  let writing = true;
  const writers = Promise.all(contents.map((content) => replaceFile(path, content))).finally(() => (writing = false));
  while (writing) {
    expect(contents).toContain(readFileSync(path, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writers;
  expect(readdirSync(scratch.path)).toEqual(['record']);
});

test('a failure leaves nothing behind', async () => {
  mkdirSync(join(scratch.path, 'taken', 'below'), { recursive: true });
  await expect(replaceFile(join(scratch.path, 'taken'), 'x')).rejects.toMatchObject({ code: expect.any(String) });
  expect(readdirSync(scratch.path)).toEqual(['taken']);
  await expect(replaceFile(join(scratch.path, 'absent', 'x'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
});
