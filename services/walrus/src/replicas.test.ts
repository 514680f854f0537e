import { createHash, randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signV4 } from '@mallee/aws-signatures';
import { createPool, type Pool } from '@mallee/database';
import { freePort } from '@mallee/private-services';
import {
  endOf,
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  startTypeScript,
  type TestService,
} from '@mallee/testing';
import { elements, isReady } from './test-support/crash/client.js';
import { settledStore } from './test-support/crash/garbage.js';
import { filesBelow, send, sendSigned, type RawRequest, type Reply } from './test-support/fixture.js';
import { alice, bob } from './test-support/serve.js';

// Two processes that know nothing of each other, on one directory and one database. Their janitors look every half second and call
// garbage what is older than two seconds: far from what anybody would configure, so that what they take too early shows here.
const GRACE_SECONDS = 2;
const MIB = 1024 * 1024;
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const scratch = scratchDirectory();
const objectsDirectory = join(scratch.path, 'objects');
let postgres: TestService;
let pool: Pool;
let daemons: ChildProcess[] = [];
let ports: readonly number[];
const outputs: Promise<{ code: number | null; output: string }>[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool(postgres.url, { schema: 'walrus' });
  ports = [await freePort(), await freePort()];
  mkdirSync(objectsDirectory);
  const { privateKeyPem, certificatePem } = await makeIdentity('walrus');
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  writeFileSync(keys.privateKey, privateKeyPem, { mode: 0o600 });
  writeFileSync(keys.certificate, certificatePem);
  writeFileSync(join(scratch.path, 'accounts.json'), JSON.stringify([alice, bob]), { mode: 0o600 });
  daemons = ports.map((port, i) => {
    const stateDirectory = join(scratch.path, `state-${i}`);
    mkdirSync(stateDirectory);
    const config = join(stateDirectory, 'walrus.json');
    const settings = {
      name: `walrus-${i}`,
      stateDirectory,
      listen: { host: '127.0.0.1', port },
      keys,
      log: { level: 'warn' },
      databaseUrl: postgres.url,
      objectsDirectory,
      masterKeyFile: join(scratch.path, 'sse-master.key'),
      accountsFile: join(scratch.path, 'accounts.json'),
      imageCacheDirectory: join(stateDirectory, 'images'),
      imageKey: keys,
      janitor: { graceSeconds: GRACE_SECONDS, intervalSeconds: 0.5 },
    };
    writeFileSync(config, JSON.stringify(settings));
    // Both at once: migrations, directories and the master key are made by whoever comes first.
    const daemon = startTypeScript(main, ['--config', config]);
    outputs.push(endOf(daemon));
    return daemon;
  });
  for (const port of ports) {
    for (let attempt = 0; !(await isReady(port)); attempt++) {
      if (attempt === 600) throw new Error('walrus is not ready');
      await sleep(50);
    }
  }
  await ask(0, { method: 'PUT', target: '/shared' });
}, 120_000);
afterAll(async () => {
  for (const daemon of daemons) daemon.kill('SIGTERM');
  await Promise.all(outputs);
  await pool?.end();
  await postgres?.stop();
  scratch.remove();
}, 60_000);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

async function ask(which: number, request: RawRequest): Promise<Reply> {
  const reply = await sendSigned(ports[which]!, request);
  expect([request.target, Math.floor(reply.status / 100), reply.code]).toEqual([request.target, 2, undefined]);
  return reply;
}

/** A signed request whose body and answer the test handles itself. */
function open(which: number, method: string, target: string, length?: number): ReturnType<typeof httpRequest> {
  const host = `127.0.0.1:${ports[which]!}`;
  const [rawPath = '', rawQuery = ''] = target.split('?');
  const message = {
    method,
    rawPath,
    rawQuery,
    headers: { host },
    region: 'x',
    service: 's3',
    payloadHash: 'UNSIGNED-PAYLOAD',
  };
  const headers = {
    host,
    ...signV4(message, alice, new Date()),
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  };
  return httpRequest({ host: '127.0.0.1', port: ports[which]!, method, path: target, headers, agent: false });
}

async function answerOf(request: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => request.once('response', resolve).once('error', reject));
}

async function bytesOf(reply: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('two Walrus on one directory and one database', () => {
  it('each reads at once what the other has written, also encrypted', async () => {
    for (let round = 0; round < 20; round++) {
      const body = randomBytes(1000 + round * 5000);
      const headers: Record<string, string> = round % 2 === 0 ? {} : { 'x-amz-server-side-encryption': 'AES256' };
      const writer = round % 3 === 0 ? 0 : 1;
      await ask(writer, { method: 'PUT', target: '/shared/read', body, headers });
      for (const reader of [1 - writer, writer]) {
        expect((await ask(reader, { target: '/shared/read' })).body.equals(body)).toBe(true);
      }
      await ask(1 - writer, { method: 'DELETE', target: '/shared/read' });
      expect((await sendSigned(ports[writer]!, { target: '/shared/read' })).status).toBe(404);
    }
  }, 60_000);

  it('writers of one key at both leave one whole content, and no more blobs than that', async () => {
    const contents = Array.from({ length: 40 }, (_, i) => randomBytes(1 + ((i * 37_111) % 200_000)));
    const possible = new Set(contents.map(md5));
    await Promise.all(
      [0, 1].flatMap((which) =>
        [0, 1].map(async (writer) => {
          for (const [i, body] of contents.entries()) {
            if (i % 2 !== writer) continue;
            await ask(which, { method: 'PUT', target: '/shared/fought', body });
            expect(possible).toContain(md5((await ask(1 - which, { target: '/shared/fought' })).body));
          }
        }),
      ),
    );
    const [one, other] = [await ask(0, { target: '/shared/fought' }), await ask(1, { target: '/shared/fought' })];
    expect(one.body.equals(other.body)).toBe(true);
    expect(await settledStore(pool, () => filesBelow(objectsDirectory))).toEqual({ missing: [], garbage: [] });
  }, 60_000);

  it('versions written at both are all kept, in one order', async () => {
    await ask(0, { method: 'PUT', target: '/versions' });
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await ask(1, { method: 'PUT', target: '/versions?versioning=', body });
    const written = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const { headers } = await ask(i % 2, { method: 'PUT', target: '/versions/k', body: String(i) });
        return String(headers['x-amz-version-id']);
      }),
    );
    const listings = await Promise.all(
      [0, 1].map(async (which) => (await ask(which, { target: '/versions?versions=' })).body),
    );
    expect(listings[0]!.equals(listings[1]!)).toBe(true);
    expect(elements(listings[0]!, 'VersionId').sort()).toEqual(written.sort());
    expect(elements(listings[0]!, 'IsLatest').filter((text) => text === 'true')).toHaveLength(1);
  }, 60_000);

  it('only one of two writers at two processes makes what must not exist yet', async () => {
    for (let round = 0; round < 10; round++) {
      const request = { method: 'PUT', target: `/shared/once-${round}`, body: 'x', headers: { 'if-none-match': '*' } };
      const replies = await Promise.all([0, 1].map((which) => sendSigned(ports[which]!, request)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  }, 60_000);

  it('a download goes on to its end while the other deletes the object', async () => {
    const body = randomBytes(48 * MIB);
    await ask(0, { method: 'PUT', target: '/shared/streamed', body });
    const download = open(0, 'GET', '/shared/streamed');
    const answer = answerOf(download);
    download.end();
    const reply = await answer;
    expect(reply.statusCode).toBe(200);
    await ask(1, { method: 'DELETE', target: '/shared/streamed' });
    // Until the janitors have removed the file.
    expect(await settledStore(pool, () => filesBelow(objectsDirectory))).toEqual({ missing: [], garbage: [] });
    expect(md5(await bytesOf(reply))).toBe(md5(body));
  }, 60_000);

  it('parts go to either process, and either one completes', async () => {
    const started = await ask(0, { method: 'POST', target: '/shared/parts?uploads=' });
    const uploadId = elements(started.body, 'UploadId')[0]!;
    const parts = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(100)];
    const etags = await Promise.all(
      parts.map(async (body, i) => {
        const target = `/shared/parts?partNumber=${i + 1}&uploadId=${uploadId}`;
        return String((await ask(i % 2, { method: 'PUT', target, body })).headers.etag);
      }),
    );
    // Older than the grace period of the janitors: parts are no garbage.
    await sleep(GRACE_SECONDS * 1000 + 1500);
    const list = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join('');
    const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
    // Both at once, as a client does that lost the first answer.
    const done = await Promise.all(
      [0, 1].map((which) => ask(which, { method: 'POST', target: `/shared/parts?uploadId=${uploadId}`, body })),
    );
    expect(new Set(done.map((reply) => elements(reply.body, 'ETag')[0])).size).toBe(1);
    expect(md5((await ask(0, { target: '/shared/parts' })).body)).toBe(md5(Buffer.concat(parts)));
  }, 60_000);

  it('the janitor of one leaves alone what the other is writing, however long it takes', async () => {
    const body = randomBytes(12 * MIB);
    const uploads = [0, 1].map(async (which) => {
      const upload = open(which, 'PUT', `/shared/slow-${which}`, body.length);
      const answer = answerOf(upload);
      // Pauses shorter than the grace period, in all much longer.
      for (let at = 0; at < body.length; at += 2 * MIB) {
        await new Promise((resolve) => upload.write(body.subarray(at, at + 2 * MIB), resolve));
        await sleep(GRACE_SECONDS * 400);
      }
      upload.end();
      const reply = await answer;
      return [reply.statusCode, (await bytesOf(reply)).toString()];
    });
    expect(await Promise.all(uploads)).toEqual([
      [200, ''],
      [200, ''],
    ]);
    await sleep(GRACE_SECONDS * 1000 + 1000);
    for (const which of [0, 1]) {
      expect(md5((await ask(1 - which, { target: `/shared/slow-${which}` })).body)).toBe(md5(body));
    }
  }, 60_000);

  it('what one is told about a bucket counts at the other with the next request', async () => {
    await ask(0, { method: 'PUT', target: '/settings' });
    await ask(0, { method: 'PUT', target: '/settings/k', body: 'k' });
    const anonymous = async (): Promise<number> => (await send(ports[1]!, { target: '/settings/k' })).status;
    expect(await anonymous()).toBe(403);
    const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::settings/*' };
    for (let round = 0; round < 5; round++) {
      await ask(0, { method: 'PUT', target: '/settings?policy=', body: JSON.stringify({ Statement: [statement] }) });
      expect(await anonymous()).toBe(200);
      await ask(0, { method: 'DELETE', target: '/settings?policy=' });
      expect(await anonymous()).toBe(403);
    }
    const list = async (): Promise<number> => (await send(ports[1]!, { target: '/settings' })).status;
    expect(await list()).toBe(403);
    await ask(0, { method: 'PUT', target: '/settings?acl=', headers: { 'x-amz-acl': 'public-read' } });
    expect(await list()).toBe(200);
    await ask(0, { method: 'PUT', target: '/settings?acl=', headers: { 'x-amz-acl': 'private' } });
    expect(await list()).toBe(403);
    await ask(0, { method: 'PUT', target: '/settings/k?acl=', headers: { 'x-amz-acl': 'public-read' } });
    expect(await anonymous()).toBe(200);
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await ask(0, { method: 'PUT', target: '/settings?versioning=', body });
    expect((await ask(1, { method: 'PUT', target: '/settings/k', body: 'k2' })).headers['x-amz-version-id']).toMatch(
      /./,
    );
  }, 60_000);

  it('a bucket that one deletes is gone at the other, and takes no object with it', async () => {
    for (let round = 0; round < 8; round++) {
      await ask(0, { method: 'PUT', target: '/deleted' });
      await ask(1, { method: 'PUT', target: '/deleted/k', body: 'k' });
      expect((await sendSigned(ports[0]!, { method: 'DELETE', target: '/deleted' })).code).toBe('BucketNotEmpty');
      await ask(0, { method: 'DELETE', target: '/deleted/k' });
      const [removed, put] = await Promise.all([
        sendSigned(ports[0]!, { method: 'DELETE', target: '/deleted' }),
        sendSigned(ports[1]!, { method: 'PUT', target: '/deleted/k', body: 'k' }),
      ]);
      // Whoever comes first: the bucket with its object, or neither.
      const outcome = [removed.code ?? removed.status, put.code ?? put.status];
      expect([
        ['BucketNotEmpty', 200],
        [204, 'NoSuchBucket'],
      ]).toContainEqual(outcome);
      if (put.status !== 200) {
        expect((await sendSigned(ports[1]!, { target: '/deleted' })).code).toBe('NoSuchBucket');
        continue;
      }
      expect((await ask(0, { target: '/deleted/k' })).body.toString()).toBe('k');
      await ask(1, { method: 'DELETE', target: '/deleted/k' });
      await ask(1, { method: 'DELETE', target: '/deleted' });
    }
  }, 60_000);

  it('nothing is lost and nothing left over in the end', async () => {
    expect(await settledStore(pool, () => filesBelow(objectsDirectory))).toEqual({ missing: [], garbage: [] });
    for (const daemon of daemons) daemon.kill('SIGTERM');
    const ended = await Promise.all(outputs);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(ended.map(({ output }) => output.includes('"level":50'))).toEqual([false, false]);
  }, 60_000);
});
