import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeReal } from '@mallee/testing';
import { md5OfFile, readTree, writeRandomFile, writeTree } from './support/files.js';
import { runWell } from './support/run.js';
import { alice, startStore, type Store } from './support/store.js';

const { accessKeyId, secretKey } = alice;
let store: Store;
const mounted = (name = ''): string => join(store.directory, 'mnt', name);

async function mount(): Promise<void> {
  const passwords = join(store.directory, 'passwd-s3fs');
  await writeFile(passwords, `${accessKeyId}:${secretKey}\n`, { mode: 0o600 });
  mkdirSync(mounted(), { recursive: true });
  const settings = [`passwd_file=${passwords}`, `url=${store.endpoint}`, 'use_path_request_style'];
  const more = ['endpoint=mallee', 'createbucket', 'multipart_size=20'];
  const env = { HOME: store.directory };
  await runWell('s3fs', ['bucket', mounted(), ...[...settings, ...more].flatMap((one) => ['-o', one])], { env });
}

function scenario(): void {
  beforeAll(async () => {
    store = await startStore();
    await mount();
  }, 120_000);
  afterAll(async () => {
    await runWell('umount', [mounted()]).catch(() => undefined);
    await store?.stop();
  }, 60_000);

  it('writes, reads, lists, renames, appends and removes', async () => {
    writeTree(mounted('tree'));
    const local = join(store.directory, 'tree');
    writeTree(local);
    expect(readTree(mounted('tree'))).toEqual(readTree(local));
    renameSync(mounted('tree/index.html'), mounted('tree/deep/renamed.html'));
    expect(readdirSync(mounted('tree/deep')).sort()).toEqual(['er', 'renamed.html']);
    appendFileSync(mounted('tree/deep/renamed.html'), 'more');
    expect(await readFile(mounted('tree/deep/renamed.html'), 'utf8')).toMatch(/html\nmore$/);
    rmSync(mounted('tree'), { recursive: true });
    expect(readdirSync(mounted())).toEqual([]);
  }, 180_000);

  it('writes 100 MiB in parts, and another mount reads them', async () => {
    const digest = writeRandomFile(mounted('large'));
    expect(statSync(mounted('large')).size).toBe(100 * 1024 * 1024);
    await runWell('umount', [mounted()]);
    await mount();
    expect(await md5OfFile(mounted('large'))).toBe(digest);
  }, 300_000);
}

// A container without the device cannot have it installed: that is no failure there.
if (existsSync('/dev/fuse')) describeReal({ root: true, programs: ['s3fs', 'umount'] }, 's3fs', scenario);
else describe.skip('s3fs [skipped: this machine has no /dev/fuse]', scenario);
