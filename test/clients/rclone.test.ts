import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { describeReal } from '@mallee/testing';
import { md5OfFile, readTree, writeRandomFile, writeTree } from './support/files.js';
import { runWell } from './support/run.js';
import { alice, startStore, type Store } from './support/store.js';

let store: Store;
const file = (name: string): string => join(store.directory, name);
const rclone = (...args: readonly string[]): Promise<string> =>
  runWell('rclone', ['--config', file('rclone.conf'), ...args], {
    cwd: store.directory,
    env: {
      HOME: store.directory,
      RCLONE_CONFIG_MALLEE_TYPE: 's3',
      RCLONE_CONFIG_MALLEE_PROVIDER: 'Other',
      RCLONE_CONFIG_MALLEE_ENDPOINT: store.endpoint,
      RCLONE_CONFIG_MALLEE_REGION: 'mallee',
      RCLONE_CONFIG_MALLEE_ACCESS_KEY_ID: alice.accessKeyId,
      RCLONE_CONFIG_MALLEE_SECRET_ACCESS_KEY: alice.secretKey,
    },
  });

describeReal({ programs: ['rclone'] }, 'rclone', () => {
  beforeAll(async () => {
    store = await startStore();
    await rclone('mkdir', 'mallee:bucket');
  }, 120_000);
  afterAll(() => store?.stop(), 60_000);

  it('syncs a tree, finds no difference, and syncs it back', async () => {
    writeTree(file('tree'));
    await rclone('sync', 'tree', 'mallee:bucket/tree');
    await rclone('check', 'tree', 'mallee:bucket/tree');
    await rclone('sync', 'mallee:bucket/tree', 'back');
    const tree = readTree(file('tree'));
    expect(readTree(file('back'))).toEqual(tree);
    const listed = (await rclone('lsf', '--recursive', '--files-only', 'mallee:bucket/tree')).trim().split('\n');
    expect(listed.sort()).toEqual(Object.keys(tree).sort());
  }, 180_000);

  it('copies 100 MiB in parts, there and back', async () => {
    const digest = writeRandomFile(file('large'));
    await rclone('copyto', '--s3-upload-cutoff', '20M', '--s3-chunk-size', '16M', 'large', 'mallee:bucket/large');
    expect(await rclone('md5sum', 'mallee:bucket/large')).toContain(digest);
    await rclone('copyto', 'mallee:bucket/large', 'large.back');
    expect(await md5OfFile(file('large.back'))).toBe(digest);
    await rclone('moveto', 'mallee:bucket/large', 'mallee:bucket/moved');
    expect(await rclone('lsf', '--files-only', 'mallee:bucket')).toBe('moved\n');
  }, 300_000);

  it('links to an object and purges the bucket', async () => {
    const url = (await rclone('link', '--expire', '10m', 'mallee:bucket/tree/index.html')).trim();
    expect(await (await fetch(url)).text()).toContain('content of index.html');
    await rclone('purge', 'mallee:bucket');
    expect(await rclone('lsf', 'mallee:')).toBe('');
  }, 120_000);
});
