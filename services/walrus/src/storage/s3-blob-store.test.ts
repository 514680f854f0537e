import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { filesBelow, sendSigned, startFixture, type Fixture, type RawRequest } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';
import { checkStore, type CheckResult } from '../fsck/check-store.js';
import { repairStore } from '../fsck/repair.js';
import { Keyring } from './encryption.js';
import { S3BlobStore } from './s3-blob-store.js';
import type { S3Place } from './s3-requests.js';

const MIB = 1024 * 1024;
const masterKey = randomBytes(32);
let behind: Fixture;
let walrus: Fixture;
let place: S3Place;
let behindStopped = false;

beforeAll(async () => {
  behind = await startFixture();
  const { accessKeyId, secretKey: secretAccessKey } = alice;
  place = { endpoint: `http://127.0.0.1:${behind.port}`, bucket: 'blobs', accessKeyId, secretAccessKey, region: 'x' };
  walrus = await startFixture({ behind: place, masterKey });
  await ask({ method: 'PUT', target: '/bucket' });
}, 120_000);
afterAll(async () => {
  await walrus?.stop();
  if (!behindStopped) await behind?.stop();
}, 60_000);

async function ask(request: RawRequest): Promise<Buffer> {
  const reply = await sendSigned(walrus.port, request);
  expect([request.target, Math.floor(reply.status / 100)]).toEqual([request.target, 2]);
  return reply.body;
}

async function stored(): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of walrus.blobs.list(new Date(Date.now() + 60_000))) ids.push(id);
  return ids.sort();
}

describe('Walrus in front of another S3 store', () => {
  it('keeps objects of every size, plain and encrypted, and reads ranges of them', async () => {
    for (const [i, size] of [0, 1, 100_000, 8 * MIB, 19 * MIB + 7].entries()) {
      const body = randomBytes(size);
      const headers: Record<string, string> = i % 2 === 1 ? { 'x-amz-server-side-encryption': 'AES256' } : {};
      await ask({ method: 'PUT', target: `/bucket/size-${size}`, body, headers });
      expect((await ask({ target: `/bucket/size-${size}` })).equals(body)).toBe(true);
      if (size < 10) continue;
      const range = { range: `bytes=5-${size - 3}` };
      expect((await ask({ target: `/bucket/size-${size}`, headers: range })).equals(body.subarray(5, -2))).toBe(true);
    }
    expect(await stored()).toHaveLength(5);
    expect(filesBelow(walrus.objectsDirectory)).toEqual([]);
  }, 120_000);

  it('puts an object together from parts and copies it', async () => {
    const started = await ask({ method: 'POST', target: '/bucket/parts?uploads=' });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(started.toString())![1]!;
    const parts = [randomBytes(5 * MIB), randomBytes(1000)];
    let document = '';
    for (const [i, body] of parts.entries()) {
      const target = `/bucket/parts?partNumber=${i + 1}&uploadId=${uploadId}`;
      const { headers } = await sendSigned(walrus.port, { method: 'PUT', target, body });
      document += `<Part><PartNumber>${i + 1}</PartNumber><ETag>${String(headers.etag)}</ETag></Part>`;
    }
    const body = `<CompleteMultipartUpload>${document}</CompleteMultipartUpload>`;
    await ask({ method: 'POST', target: `/bucket/parts?uploadId=${uploadId}`, body });
    await ask({ method: 'PUT', target: '/bucket/copy', headers: { 'x-amz-copy-source': '/bucket/parts' } });
    expect((await ask({ target: '/bucket/copy' })).equals(Buffer.concat(parts))).toBe(true);
  }, 60_000);

  it('removes what is deleted, replaced, orphaned or was never finished', async () => {
    await ask({ method: 'PUT', target: '/bucket/replaced', body: 'one' });
    await ask({ method: 'PUT', target: '/bucket/replaced', body: 'two' });
    await ask({ method: 'DELETE', target: '/bucket/copy' });
    const orphan = await walrus.blobs.create();
    await orphan.write(Buffer.from('orphan'));
    await orphan.commit();
    const unfinished = await walrus.blobs.create();
    await unfinished.write(Buffer.alloc(9 * MIB));
    // Dates in listings have whole seconds at some stores.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const sweep = await walrus.janitor.sweep();
    expect([sweep.orphansRemoved, sweep.unfinishedRemoved]).toEqual([1, 1]);
    const { rows } = await walrus.pool.query<{ id: string }>(
      `select blob_id as id from object_version where blob_id is not null union all select blob_id from version_part`,
    );
    expect(await stored()).toEqual(rows.map(({ id }) => id).sort());
    await expect(unfinished.commit()).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  }, 60_000);

  it('is checked and repaired by fsck', async () => {
    const { pool, blobs } = walrus;
    const check = async (): Promise<CheckResult> =>
      await checkStore({ pool, blobs, content: true, keys: new Keyring(masterKey), graceMs: 0 });
    const clean = await check();
    expect([clean.findings, clean.counts.contentsNotCheckable]).toEqual([[], 0]);
    expect(clean.counts.contentsChecked).toBe((await stored()).length);
    await ask({ method: 'PUT', target: '/bucket/lost', body: 'lost' });
    const { rows } = await pool.query<{ id: string }>(
      `select blob_id as id from object_version where object_key = 'lost'`,
    );
    await blobs.remove(rows[0]!.id);
    const orphan = await blobs.create();
    await orphan.commit();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const damaged = await check();
    expect(damaged.findings.map(({ kind }) => kind)).toEqual(['missing-blob', 'orphan-blob']);
    expect(await repairStore({ pool, blobs }, damaged)).toEqual([]);
    expect((await check()).findings).toEqual([]);
  }, 60_000);

  it('has no blob that was not written, and takes no other names', async () => {
    const store = await S3BlobStore.open(place);
    expect(await store.open(randomUUID())).toBeUndefined();
    await store.remove(randomUUID());
    await expect(store.open('../etc')).rejects.toMatchObject({ code: 'InternalError' });
    store.close();
  });

  it('refuses to open what it may not use, and says why', async () => {
    const reason = (code: string): object => ({
      code: 'Configuration.Invalid',
      message: expect.stringMatching(new RegExp(`"blobs" at http://127\\.0\\.0\\.1:\\d+ .*40\\d ${code}$`)),
    });
    const open = (more: Partial<S3Place>): Promise<unknown> => S3BlobStore.open({ ...place, ...more });
    await expect(open({ secretAccessKey: 'wrong' })).rejects.toMatchObject(reason('SignatureDoesNotMatch'));
    await expect(open({ accessKeyId: 'AKIANOBODY' })).rejects.toMatchObject(reason('InvalidAccessKeyId'));
    await expect(open({ accessKeyId: bob.accessKeyId, secretAccessKey: bob.secretKey })).rejects.toMatchObject(
      reason('AccessDenied'),
    );
    await expect(open({ bucket: '..' })).rejects.toMatchObject({ code: 'Configuration.Invalid' });
    await expect(open({ endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });

  it('lets a write go on that began long ago', async () => {
    const slow = await walrus.blobs.create();
    await slow.write(Buffer.alloc(8 * MIB, 1));
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const between = new Date(Date.now() - 1000);
    await slow.write(Buffer.alloc(8 * MIB, 2));
    expect(await walrus.blobs.removeAbandonedWrites(between)).toBe(0);
    await slow.commit();
    const blob = await walrus.blobs.open(slow.id);
    expect(blob?.size).toBe(16 * MIB);
    await walrus.blobs.remove(slow.id);
  }, 30_000);

  it('answers 503 while the store behind it is away', async () => {
    await behind.stop();
    behindStopped = true;
    const reply = await sendSigned(walrus.port, { method: 'PUT', target: '/bucket/late', body: 'late' });
    expect([reply.status, reply.code]).toEqual([503, 'ServiceUnavailable']);
    expect((await sendSigned(walrus.port, { target: '/bucket/replaced' })).status).toBe(503);
  }, 60_000);
});
