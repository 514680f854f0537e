import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeReal } from '@mallee/testing';
import { md5OfFile, readTree, writeRandomFile, writeTree } from './support/files.js';
import { run, runWell } from './support/run.js';
import { alice, startStore, type Store } from './support/store.js';

let store: Store;
const file = (name: string): string => join(store.directory, name);
const options = (): { cwd: string; env: Record<string, string> } => ({
  cwd: store.directory,
  env: { HOME: store.directory },
});
const s3cmd = (...args: readonly string[]): Promise<string> => runWell('s3cmd', ['--no-progress', ...args], options());

function configuration(): string {
  const address = `127.0.0.1:${store.port}`;
  return [
    '[default]',
    `access_key = ${alice.accessKeyId}`,
    `secret_key = ${alice.secretKey}`,
    `host_base = ${address}`,
    `host_bucket = ${address}`,
    'use_https = False',
    'bucket_location = mallee',
    '',
  ].join('\n');
}

describeReal({ programs: ['s3cmd'] }, 's3cmd', () => {
  beforeAll(async () => {
    store = await startStore();
    writeFileSync(file('.s3cfg'), configuration());
    await s3cmd('mb', 's3://bucket');
  }, 120_000);
  afterAll(() => store?.stop(), 60_000);

  it('syncs a tree up and down, says how much it is, and removes it', async () => {
    writeTree(file('tree'));
    await s3cmd('sync', 'tree/', 's3://bucket/tree/');
    expect(await s3cmd('sync', 'tree/', 's3://bucket/tree/')).not.toContain('upload:');
    await s3cmd('sync', 's3://bucket/tree/', 'copy/');
    const tree = readTree(file('tree'));
    expect(readTree(file('copy'))).toEqual(tree);
    const bytes = Object.values(tree).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(await s3cmd('du', 's3://bucket/tree/')).toMatch(new RegExp(`^\\s*${bytes}\\s+6 objects`));
    await s3cmd('del', '--recursive', '--force', 's3://bucket/tree/');
    expect(await s3cmd('ls', '--recursive', 's3://bucket')).toBe('');
  }, 180_000);

  it('puts 100 MiB in parts and gets them back; also with signature 2', async () => {
    const digest = writeRandomFile(file('large'));
    await s3cmd('put', '--multipart-chunk-size-mb=15', 'large', 's3://bucket/large');
    await s3cmd('get', '--force', '--signature-v2', 's3://bucket/large', 'back');
    expect(await md5OfFile(file('back'))).toBe(digest);
  }, 300_000);

  it('signs URLs, and opens and closes objects by ACL and policy', async () => {
    writeFileSync(file('hello'), 'hello');
    await s3cmd('put', '--mime-type=text/plain', 'hello', 's3://bucket/hello');
    const signed = (await s3cmd('signurl', 's3://bucket/hello', '+600')).trim();
    expect(await (await fetch(signed.replace('https:', 'http:'))).text()).toBe('hello');
    const status = async (): Promise<number> => (await fetch(`${store.endpoint}/bucket/hello`)).status;
    expect(await status()).toBe(403);
    await s3cmd('setacl', '--acl-public', 's3://bucket/hello');
    expect(await status()).toBe(200);
    expect(await s3cmd('info', 's3://bucket/hello')).toContain('*anon*: READ');
    await s3cmd('setacl', '--acl-private', 's3://bucket/hello');
    expect(await status()).toBe(403);
    const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' };
    writeFileSync(file('policy.json'), JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
    await s3cmd('setpolicy', 'policy.json', 's3://bucket');
    expect(await status()).toBe(200);
    await s3cmd('delpolicy', 's3://bucket');
    expect(await status()).toBe(403);
  }, 180_000);

  it('modifies, copies, moves, and says why something fails', async () => {
    await s3cmd('modify', '--add-header=x-amz-meta-colour:green', 's3://bucket/hello');
    await s3cmd('cp', 's3://bucket/hello', 's3://bucket/copied');
    await s3cmd('mv', 's3://bucket/copied', 's3://bucket/moved');
    expect(await s3cmd('info', 's3://bucket/moved')).toContain('x-amz-meta-colour: green');
    expect(await run('s3cmd', ['rb', 's3://bucket'], options())).toMatchObject({
      code: 13,
      stderr: expect.stringContaining('BucketNotEmpty'),
    });
    await s3cmd('rb', '--recursive', '--force', 's3://bucket');
    expect(await s3cmd('ls')).toBe('');
  }, 180_000);
});
