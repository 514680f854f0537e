import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeReal } from '@mallee/testing';
import { md5OfFile, readTree, writeRandomFile, writeTree } from './support/files.js';
import { runWell } from './support/run.js';
import { awsEnvironment, startStore, type Store } from './support/store.js';

/** Debian's; others may lie before it in PATH. */
const AWS = '/usr/bin/aws';

let store: Store;
const file = (name: string): string => join(store.directory, name);
const aws = (...args: readonly string[]): Promise<string> =>
  runWell(AWS, ['--endpoint-url', store.endpoint, ...args], { env: awsEnvironment(store), cwd: store.directory });
const s3api = async (operation: string, ...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await aws('s3api', operation, '--bucket', 'cli', ...args)) || 'null');

describeReal({ files: [AWS] }, 'aws cli', () => {
  beforeAll(async () => {
    store = await startStore();
    await aws('s3', 'mb', 's3://cli');
  }, 120_000);
  afterAll(() => store?.stop(), 60_000);

  it('syncs a tree up and down, sends only what changed, and removes it', async () => {
    writeTree(file('tree'));
    await aws('s3', 'sync', 'tree', 's3://cli/tree');
    expect(await aws('s3', 'sync', 'tree', 's3://cli/tree')).toBe('');
    writeFileSync(file('tree/index.html'), 'changed, and of another size');
    expect(await aws('s3', 'sync', '--delete', 'tree', 's3://cli/tree')).toContain('index.html');
    await aws('s3', 'sync', 's3://cli/tree', 'copy');
    expect(readTree(file('copy'))).toEqual(readTree(file('tree')));
    await aws('s3', 'rm', '--recursive', 's3://cli/tree');
    expect(await aws('s3', 'ls', '--recursive', 's3://cli')).toBe('');
  }, 180_000);

  it('copies 100 MiB in parts, there and back', async () => {
    const digest = writeRandomFile(file('large'));
    await aws('s3', 'cp', '--no-progress', 'large', 's3://cli/large');
    expect(await s3api('head-object', '--key', 'large')).toMatchObject({ ETag: expect.stringMatching(/-13"$/) });
    await aws('s3', 'cp', '--no-progress', 's3://cli/large', 'large.back');
    expect(await md5OfFile(file('large.back'))).toBe(digest);
  }, 300_000);

  it('presigns what anybody can fetch for a while', async () => {
    writeFileSync(file('hello'), 'hello');
    await aws('s3', 'cp', 'hello', 's3://cli/hello there.txt');
    const url = (await aws('s3', 'presign', '--expires-in', '600', 's3://cli/hello there.txt')).trim();
    expect(await (await fetch(url)).text()).toBe('hello');
    const forged = await fetch(url.replace('hello%20there', 'hello%20World'));
    expect([forged.status, await forged.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
  }, 120_000);

  it('reads heads, tags objects and keeps versions', async () => {
    await s3api('put-bucket-versioning', '--versioning-configuration', 'Status=Enabled');
    const put = async (text: string): Promise<{ VersionId: string }> => {
      writeFileSync(file('body'), text);
      const more = ['--content-type', 'text/x-test', '--metadata', 'colour=green', '--checksum-algorithm', 'SHA256'];
      return (await s3api('put-object', '--key', 'kept', '--body', 'body', ...more)) as { VersionId: string };
    };
    const first = await put('one');
    await put('two and more');
    expect(await s3api('head-object', '--key', 'kept', '--version-id', first.VersionId)).toMatchObject({
      ContentLength: 3,
      ContentType: 'text/x-test',
      Metadata: { colour: 'green' },
    });
    const tags = { TagSet: [{ Key: 'project', Value: 'mallee & co' }] };
    await s3api('put-object-tagging', '--key', 'kept', '--tagging', JSON.stringify(tags));
    expect(await s3api('get-object-tagging', '--key', 'kept')).toMatchObject(tags);
    await s3api('delete-object', '--key', 'kept');
    const versions = (await s3api('list-object-versions', '--prefix', 'kept')) as Record<string, unknown[]>;
    expect([versions['Versions']?.length, versions['DeleteMarkers']?.length]).toEqual([2, 1]);
  }, 180_000);
});
