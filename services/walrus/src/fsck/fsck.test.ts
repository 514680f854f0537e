import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endOf, makeIdentity, scratchDirectory, startTypeScript } from '@mallee/testing';
import { filesBelow, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import type { Finding } from './findings.js';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const scratch = scratchDirectory();
const config = join(scratch.path, 'walrus.json');
let walrus: Fixture;

beforeAll(async () => {
  const masterKey = randomBytes(32);
  writeFileSync(join(scratch.path, 'sse-master.key'), masterKey.toString('base64'));
  walrus = await startFixture({ masterKey });
  const { privateKeyPem, certificatePem } = await makeIdentity('walrus');
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  writeFileSync(keys.privateKey, privateKeyPem);
  writeFileSync(keys.certificate, certificatePem);
  const settings = {
    name: 'walrus',
    stateDirectory: scratch.path,
    listen: { host: '127.0.0.1', port: 1 },
    keys,
    databaseUrl: walrus.databaseUrl,
    objectsDirectory: walrus.objectsDirectory,
    accountsFile: join(scratch.path, 'accounts.json'),
    imageCacheDirectory: join(scratch.path, 'images'),
    imageKey: keys,
  };
  writeFileSync(config, JSON.stringify(settings));
  await put('/store', undefined);
  for (const key of ['good', 'gone', 'short', 'changed', 'listed']) await put(`/store/${key}`, key.repeat(1000));
  await put('/store/secret', 'secret'.repeat(1000), { 'x-amz-server-side-encryption': 'AES256' });
  for (const key of ['parts', 'no-parts', 'fewer-bytes', 'longer']) await putInParts(key);
  await putPart('unfinished', await startUpload('unfinished'), 'unfinished');
}, 120_000);
afterAll(async () => {
  await walrus?.stop();
  scratch.remove();
}, 60_000);

async function put(target: string, body: string | undefined, headers: Record<string, string> = {}): Promise<void> {
  const request = { method: 'PUT', target, headers, ...(body === undefined ? {} : { body }) };
  expect((await sendSigned(walrus.port, request)).status).toBe(200);
}

async function startUpload(key: string): Promise<string> {
  const { body } = await sendSigned(walrus.port, { method: 'POST', target: `/store/${key}?uploads=` });
  return /<UploadId>(.*)<\/UploadId>/.exec(body.toString())![1]!;
}

async function putPart(key: string, uploadId: string, body: string): Promise<string> {
  const target = `/store/${key}?partNumber=1&uploadId=${uploadId}`;
  return String((await sendSigned(walrus.port, { method: 'PUT', target, body })).headers.etag);
}

async function putInParts(key: string): Promise<void> {
  const uploadId = await startUpload(key);
  const etag = await putPart(key, uploadId, 'part');
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  await sendSigned(walrus.port, { method: 'POST', target: `/store/${key}?uploadId=${uploadId}`, body });
}

async function fsck(...options: string[]): Promise<{ code: number | null; output: string }> {
  return await endOf(startTypeScript(main, ['--config', config, ...options]));
}

async function findings(...options: string[]): Promise<{ code: number | null; findings: Finding[]; left: Finding[] }> {
  const { code, output } = await fsck('--json', ...options);
  return { ...(JSON.parse(output) as { findings: Finding[]; left: Finding[] }), code };
}

function pathOf(id: string): string {
  return join(walrus.objectsDirectory, 'objects', id.slice(0, 2), id.slice(2, 4), id);
}

async function blobOf(key: string): Promise<string> {
  const { rows } = await walrus.pool.query<{ blob_id: string }>(
    'select blob_id from object_version where object_key = $1',
    [key],
  );
  return rows[0]!.blob_id;
}

function sorted(list: readonly Finding[]): string[] {
  return list.map((finding) => `${finding.kind} ${'owner' in finding ? finding.owner.key : ''}`.trim()).sort();
}

const DAMAGE = [
  'missing-blob gone',
  'no-parts no-parts',
  'orphan-blob',
  'orphan-blob',
  'parts-without-version',
  'wrong-listing listed',
  'wrong-size fewer-bytes',
  'wrong-size short',
  'wrong-size-of-parts fewer-bytes',
  'wrong-size-of-parts longer',
];

describe('walrus fsck', () => {
  it('finds nothing wrong with a store that is well, also by content', async () => {
    const { code, output } = await fsck('--content');
    expect(output).toContain('11 blobs in use, 0 stored; contents checked 11, not checkable 0\n0 problems');
    expect(code).toBe(0);
  }, 60_000);

  it('finds damage of every kind and touches nothing', async () => {
    unlinkSync(pathOf(await blobOf('gone')));
    truncateSync(pathOf(await blobOf('short')), 10);
    writeFileSync(pathOf(await blobOf('changed')), 'Changed'.repeat(1000));
    writeFileSync(pathOf(await blobOf('secret')), 'sEcret'.repeat(1000));
    const orphan = randomUUID();
    mkdirSync(join(pathOf(orphan), '..'), { recursive: true });
    writeFileSync(pathOf(orphan), 'orphan');
    utimesSync(pathOf(orphan), 1, 1);
    await walrus.pool.query(`update object_version set listed = false where object_key = 'listed'`);
    await walrus.pool.query(
      `insert into version_part (rank, part_number, blob_id, size, etag) values (5, 1, gen_random_uuid(), 1, '')`,
    );
    // A part whose row was lost: its blob is nobody's then.
    const ofVersion = `rank = (select rank from object_version where object_key = $1)`;
    const { rows } = await walrus.pool.query<{ blob_id: string }>(
      `delete from version_part where ${ofVersion} returning blob_id`,
      ['no-parts'],
    );
    utimesSync(pathOf(rows[0]!.blob_id), 1, 1);
    // Rows that do not agree among themselves, one of them with its blob neither.
    await walrus.pool.query(`update version_part set size = size - 1 where ${ofVersion}`, ['fewer-bytes']);
    await walrus.pool.query(`update object_version set size = size + 1 where object_key = 'longer'`);
    const before = filesBelow(walrus.objectsDirectory).sort();
    const quick = await findings();
    expect([quick.code, sorted(quick.findings)]).toEqual([1, DAMAGE]);
    const thorough = await findings('--content');
    const byContent = [...DAMAGE, 'wrong-digest changed', 'wrong-digest secret'].sort();
    expect([thorough.code, sorted(thorough.findings)]).toEqual([1, byContent]);
    expect(filesBelow(walrus.objectsDirectory).sort()).toEqual(before);
  }, 60_000);

  it.each(['no-parts', 'longer', 'short'])(
    'the service never sends damage as if it were whole: %s',
    async (key) => {
      const outcome = await sendSigned(walrus.port, { target: `/store/${key}` }).then(
        ({ status }) => status,
        () => 'broken off',
      );
      expect([500, 'broken off']).toContain(outcome);
    },
    10_000,
  );

  it('repairs what needs no guess and says what is left', async () => {
    const repaired = await findings('--repair');
    const left = DAMAGE.filter((finding) => finding.startsWith('wrong-size'));
    expect(left).toHaveLength(4);
    expect([repaired.code, sorted(repaired.left)]).toEqual([1, left]);
    expect(sorted((await findings()).findings)).toEqual(left);
    for (const key of ['gone', 'no-parts']) {
      expect((await sendSigned(walrus.port, { target: `/store/${key}` })).status).toBe(404);
    }
    expect((await sendSigned(walrus.port, { target: '/store/good' })).body.toString()).toBe('good'.repeat(1000));
    expect((await sendSigned(walrus.port, { target: '/store?prefix=listed' })).body.toString()).toContain(
      '<Key>listed',
    );
  }, 60_000);

  it('refuses to repair by a store that is not there', async () => {
    for (let i = 0; i < 12; i++) await put(`/store/more-${i}`, 'more');
    const other = join(scratch.path, 'elsewhere.json');
    const settings = { objectsDirectory: join(scratch.path, 'empty') };
    writeFileSync(other, JSON.stringify({ ...(JSON.parse(readFileSync(config, 'utf8')) as object), ...settings }));
    const repair = () => endOf(startTypeScript(main, ['--config', other, '--repair']));
    expect(await repair()).toMatchObject({
      code: 2,
      output: expect.stringContaining('InvalidStorage.WrongStore') as unknown,
    });
    // Right by its mark, but empty.
    cpSync(join(walrus.objectsDirectory, 'store-mark'), join(settings.objectsDirectory, 'store-mark'));
    expect(await repair()).toMatchObject({ code: 2, output: expect.stringContaining('not mounted') as unknown });
    expect((await sendSigned(walrus.port, { target: '/store/more-3' })).status).toBe(200);
  }, 60_000);
});
