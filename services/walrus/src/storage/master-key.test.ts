import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { scratchDirectory } from '@mallee/testing';
import { loadMasterKey } from './master-key.js';

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

it('makes one key, for its owner only, however many ask at once', async () => {
  const path = join(scratch.path, 'sse-master.key');
  const keys = await Promise.all(Array.from({ length: 8 }, async () => await loadMasterKey(path)));
  expect(keys[0]).toHaveLength(32);
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(scratch.path)).toEqual(['sse-master.key']);
  expect(await loadMasterKey(path)).toEqual(keys[0]);
});
