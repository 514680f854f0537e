import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signV4 } from '@mallee/aws-signatures';
import { startRadosgw, type PrivateRadosgw } from '@mallee/private-services';
import { endOf, makeIdentity, scratchDirectory, startTypeScript } from '@mallee/testing';
import type { S3Place } from '../../storage/s3-requests.js';
import { sendSigned, startFixture, type Fixture, type RawRequest, type Reply } from '../fixture.js';
import { alice } from '../serve.js';

const MIB = 1024 * 1024;
const program = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const scratch = scratchDirectory();
const config = join(scratch.path, 'walrus.json');
let radosgw: PrivateRadosgw;
let place: S3Place;
let walrus: Fixture;
let settings: Record<string, unknown>;

beforeAll(async () => {
  const { accessKeyId, secretKey } = alice;
  const started = await startRadosgw({ accessKeyId, secretKey });
  if (typeof started === 'string') throw new Error(started);
  radosgw = started;
  const endpoint = `http://127.0.0.1:${radosgw.port}`;
  place = { endpoint, bucket: 'blobs', accessKeyId, secretAccessKey: secretKey, region: 'us-east-1' };
  const masterKey = randomBytes(32);
  walrus = await startFixture({ behind: place, masterKey });
  const { privateKeyPem, certificatePem } = await makeIdentity('walrus');
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  writeFileSync(keys.privateKey, privateKeyPem);
  writeFileSync(keys.certificate, certificatePem);
  writeFileSync(join(scratch.path, 'sse-master.key'), masterKey.toString('base64'));
  writeFileSync(join(scratch.path, 'accounts.json'), JSON.stringify([alice]));
  settings = {
    name: 'walrus',
    stateDirectory: scratch.path,
    listen: { host: '127.0.0.1', port: 1 },
    keys,
    databaseUrl: walrus.databaseUrl,
    objectsDirectory: walrus.objectsDirectory,
    storage: { kind: 's3', ...place },
    accountsFile: join(scratch.path, 'accounts.json'),
    imageCacheDirectory: join(scratch.path, 'images'),
    imageKey: keys,
    janitor: { graceSeconds: 0, intervalSeconds: 3600 },
  };
  writeFileSync(config, JSON.stringify(settings));
  await ask({ method: 'PUT', target: '/bucket' });
}, 300_000);
afterAll(async () => {
  await walrus?.stop();
  await radosgw?.stop();
  scratch.remove();
}, 60_000);

async function ask(request: RawRequest): Promise<Reply> {
  const reply = await sendSigned(walrus.port, request);
  expect([request.target, Math.floor(reply.status / 100), reply.code]).toEqual([request.target, 2, undefined]);
  return reply;
}

async function stored(): Promise<string[]> {
  return (await walrus.stored()).sort();
}

async function named(): Promise<string[]> {
  const { rows } = await walrus.pool.query<{ id: string }>(
    `select blob_id::text as id from object_version where blob_id is not null union all select blob_id::text from version_part
     union all select blob_id::text from multipart_part`,
  );
  return rows.map(({ id }) => id).sort();
}

/** Waits until radosgw holds what rows name, no more and no less. */
async function settled(): Promise<void> {
  await walrus.janitor.sweep();
  expect(await stored()).toEqual(await named());
}

async function fsck(...options: string[]): Promise<{ code: number | null; output: string }> {
  return await endOf(startTypeScript(program('fsck/main.ts'), ['--config', config, ...options]));
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const sse = { 'x-amz-server-side-encryption': 'AES256' };

describe('Walrus in front of radosgw', () => {
  const sizes = [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 8 * MIB, 64 * MIB];
  it.each(sizes.flatMap((size) => [[size, 'plain', {}] as const, [size, 'SSE-S3', sse] as const]))(
    'keeps, reads, reads a part of and deletes %i bytes, %s',
    async (size, kind, headers) => {
      const [target, body] = [`/bucket/${kind}-${size}`, randomBytes(size)];
      const put = await ask({ method: 'PUT', target, body, headers });
      expect(put.headers.etag).toBe(`"${md5(body)}"`);
      const got = await ask({ target });
      expect([got.body.length, md5(got.body)]).toEqual([size, md5(body)]);
      expect((await ask({ method: 'HEAD', target })).headers['content-length']).toBe(String(size));
      if (size > 2) {
        const last = size - 2;
        const part = await ask({ target, headers: { range: `bytes=${Math.floor(size / 2)}-${last}` } });
        expect([part.status, md5(part.body)]).toEqual([206, md5(body.subarray(Math.floor(size / 2), last + 1))]);
        const { rows } = await walrus.pool.query<{ blob_id: string }>(
          'select blob_id from object_version where object_key = $1',
          [`${kind}-${size}`],
        );
        const chunks: Buffer[] = [];
        for await (const chunk of (await walrus.blobs.open(rows[0]!.blob_id))!.stream()) chunks.push(chunk as Buffer);
        expect(Buffer.concat(chunks).equals(body)).toBe(kind === 'plain');
      }
      await ask({ method: 'DELETE', target });
      expect((await sendSigned(walrus.port, { target })).status).toBe(404);
    },
    120_000,
  );

  it('puts together from parts, copies whole and in part', async () => {
    const start = async (key: string): Promise<string> =>
      /<UploadId>(.*)<\/UploadId>/.exec(
        (await ask({ method: 'POST', target: `/bucket/${key}?uploads=`, headers: sse })).body.toString(),
      )![1]!;
    const complete = async (key: string, uploadId: string, etags: readonly string[]): Promise<void> => {
      const parts = etags
        .map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
        .join('');
      const body = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
      const reply = await ask({ method: 'POST', target: `/bucket/${key}?uploadId=${uploadId}`, body });
      expect(reply.body.toString()).toContain('CompleteMultipartUploadResult');
    };
    const contents = [randomBytes(5 * MIB + 1), randomBytes(20 * MIB), randomBytes(7)];
    const uploadId = await start('parts');
    const etags: string[] = [];
    for (const [i, body] of contents.entries()) {
      const target = `/bucket/parts?partNumber=${i + 1}&uploadId=${uploadId}`;
      etags.push(String((await ask({ method: 'PUT', target, body })).headers.etag));
    }
    await complete('parts', uploadId, etags);
    const whole = Buffer.concat(contents);
    expect(md5((await ask({ target: '/bucket/parts' })).body)).toBe(md5(whole));
    const range = { range: `bytes=${4 * MIB}-${26 * MIB}` };
    expect(md5((await ask({ target: '/bucket/parts', headers: range })).body)).toBe(
      md5(whole.subarray(4 * MIB, 26 * MIB + 1)),
    );
    await ask({ method: 'PUT', target: '/bucket/copy', headers: { 'x-amz-copy-source': '/bucket/parts' } });
    expect(md5((await ask({ target: '/bucket/copy' })).body)).toBe(md5(whole));
    const again = await start('slice');
    const copy = { 'x-amz-copy-source': '/bucket/parts', 'x-amz-copy-source-range': `bytes=100-${6 * MIB}` };
    const part = await ask({ method: 'PUT', target: `/bucket/slice?partNumber=1&uploadId=${again}`, headers: copy });
    await complete('slice', again, [/<ETag>(.*)<\/ETag>/.exec(part.body.toString())![1]!]);
    expect(md5((await ask({ target: '/bucket/slice' })).body)).toBe(md5(whole.subarray(100, 6 * MIB + 1)));
    await settled();
  }, 120_000);

  it('keeps versions, and lets go of those that are deleted', async () => {
    await ask({ method: 'PUT', target: '/versions' });
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await ask({ method: 'PUT', target: '/versions?versioning=', body });
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      ids.push(String((await ask({ method: 'PUT', target: '/versions/k', body: text })).headers['x-amz-version-id']));
    }
    await ask({ method: 'DELETE', target: '/versions/k' });
    expect((await sendSigned(walrus.port, { target: '/versions/k' })).status).toBe(404);
    expect((await ask({ target: `/versions/k?versionId=${ids[0]}` })).body.toString()).toBe('one');
    const before = (await stored()).length;
    await ask({ method: 'DELETE', target: `/versions/k?versionId=${ids[1]}` });
    await settled();
    expect(await stored()).toHaveLength(before - 1);
  }, 60_000);

  it('removes blobs without a row and uploads that nobody ended', async () => {
    for (const text of ['one', 'two']) await ask({ method: 'PUT', target: '/bucket/replaced', body: text });
    const orphan = await walrus.blobs.create();
    await orphan.write(Buffer.alloc(17 * MIB));
    await orphan.commit();
    const unfinished = await walrus.blobs.create();
    await unfinished.write(Buffer.alloc(9 * MIB));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const sweep = await walrus.janitor.sweep();
    expect([sweep.orphansRemoved, sweep.unfinishedRemoved]).toEqual([1, 1]);
    await expect(unfinished.commit()).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    await settled();
  }, 60_000);

  it('is clean by fsck, which finds and repairs what is damaged', async () => {
    await ask({ method: 'PUT', target: '/bucket/lost', body: 'lost' });
    const clean = await fsck('--content');
    expect(clean).toMatchObject({ code: 0, output: expect.stringContaining('0 problems') });
    expect(clean.output).toContain('not checkable 0');
    const { rows } = await walrus.pool.query<{ blob_id: string }>(
      `select blob_id from object_version where object_key = 'lost'`,
    );
    await walrus.blobs.remove(rows[0]!.blob_id);
    const orphan = await walrus.blobs.create();
    await orphan.commit();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const damaged = await fsck();
    expect(damaged.code).toBe(1);
    expect(damaged.output).toMatch(/missing-blob: .*"bucket\/lost"/);
    expect(damaged.output).toContain(`orphan-blob: blob ${orphan.id}`);
    expect((await fsck('--repair')).code).toBe(0);
    expect((await fsck('--content')).code).toBe(0);
    await settled();
  }, 120_000);
});

/** A PUT that stops half way until `half` has resolved. */
async function slowPut(
  target: string,
  body: Buffer,
  half: () => Promise<void>,
): Promise<{ status: number; text: string }> {
  const signed = { host: `127.0.0.1:${walrus.port}` };
  const message = {
    method: 'PUT',
    rawPath: target,
    rawQuery: '',
    headers: signed,
    region: 'x',
    service: 's3',
    payloadHash: 'UNSIGNED-PAYLOAD',
  };
  const headers = { ...signed, ...signV4(message, alice, new Date()), 'content-length': String(body.length) };
  return await new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port: walrus.port, method: 'PUT', path: target, headers, agent: false },
      (reply) => {
        let text = '';
        reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.write(body.subarray(0, body.length / 2), () => {
      half().then(() => outgoing.end(body.subarray(body.length / 2)), reject);
    });
  });
}

describe('radosgw goes away', () => {
  it('in the middle of an upload: 503, and all is well when it is back', async () => {
    const body = randomBytes(64 * MIB);
    await ask({ method: 'PUT', target: '/bucket/before', body: 'before' });
    const cut = await slowPut('/bucket/cut', body, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await radosgw.kill();
    });
    expect([cut.status, /<Code>(.*)<\/Code>/.exec(cut.text)?.[1]]).toEqual([503, 'ServiceUnavailable']);
    for (const request of [{ target: '/bucket/before' }, { method: 'PUT', target: '/bucket/after', body: 'after' }]) {
      expect(await sendSigned(walrus.port, request)).toMatchObject({ status: 503, code: 'ServiceUnavailable' });
    }
    // What is in rows alone goes on.
    expect((await ask({ target: '/bucket?prefix=before' })).body.toString()).toContain('<Key>before');
    await ask({ method: 'DELETE', target: '/bucket/copy' });
    await radosgw.revive();
    expect((await ask({ target: '/bucket/before' })).body.toString()).toBe('before');
    expect((await sendSigned(walrus.port, { target: '/bucket/cut' })).status).toBe(404);
    await ask({ method: 'PUT', target: '/bucket/cut', body });
    expect(md5((await ask({ target: '/bucket/cut' })).body)).toBe(md5(body));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await settled();
    expect((await fsck('--content')).code).toBe(0);
  }, 180_000);

  it('in the middle of a download: it breaks off, and does not look complete', async () => {
    await expect(
      new Promise((resolve, reject) => {
        const headers: Record<string, string> = { host: `127.0.0.1:${walrus.port}` };
        const message = {
          method: 'GET',
          rawPath: '/bucket/cut',
          rawQuery: '',
          headers,
          region: 'x',
          service: 's3',
          payloadHash: 'UNSIGNED-PAYLOAD',
        };
        const all = { ...headers, ...signV4(message, alice, new Date()) };
        httpRequest(
          { host: '127.0.0.1', port: walrus.port, path: '/bucket/cut', headers: all, agent: false },
          (reply) => {
            let killed = false;
            reply.on('error', reject);
            reply.on('data', () => {
              if (killed) return;
              killed = true;
              reply.pause();
              void radosgw.kill().then(() => reply.resume());
            });
            reply.on('end', resolve);
          },
        ).end();
      }),
    ).rejects.toThrow('aborted');
    await radosgw.revive();
    expect((await ask({ target: '/bucket/cut' })).body).toHaveLength(64 * MIB);
  }, 60_000);
});

describe('what radosgw refuses is told at the start', () => {
  const start = async (storage: Partial<S3Place>): Promise<{ code: number | null; output: string }> => {
    const file = join(scratch.path, 'refused.json');
    writeFileSync(file, JSON.stringify({ ...settings, storage: { kind: 's3', ...place, ...storage } }));
    return await endOf(startTypeScript(program('main.ts'), ['--config', file]));
  };

  it.each<[string, Partial<S3Place>, RegExp]>([
    [
      'a wrong secret',
      { secretAccessKey: 'wrong' },
      /Configuration\.Invalid: storage: cannot open bucket "blobs" at http.*403 SignatureDoesNotMatch/,
    ],
    [
      'an unknown key',
      { accessKeyId: 'NOBODY' },
      /Configuration\.Invalid: storage: .* with access key NOBODY: the store refuses: 403 InvalidAccessKeyId/,
    ],
    [
      'nobody there',
      { endpoint: 'http://127.0.0.1:1' },
      /ServiceUnavailable: storage: .* at http:\/\/127\.0\.0\.1:1 .*ECONNREFUSED/,
    ],
  ])(
    '%s',
    async (_, storage, message) => {
      const { code, output } = await start(storage);
      expect([code, output]).toEqual([1, expect.stringMatching(message)]);
      expect(output).not.toContain(place.secretAccessKey);
    },
    60_000,
  );

  it('a bucket that is absent is made', async () => {
    const other = await startFixture({ behind: { ...place, bucket: 'another-bucket' } });
    try {
      expect((await sendSigned(other.port, { method: 'PUT', target: '/made' })).status).toBe(200);
      expect((await sendSigned(other.port, { method: 'PUT', target: '/made/k', body: 'k' })).status).toBe(200);
    } finally {
      await other.stop();
    }
  }, 60_000);
});
