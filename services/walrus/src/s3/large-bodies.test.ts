import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createChecksum, signV4 } from '@mallee/aws-signatures';
import { hashThreads } from '../hashing/body.js';
import { filesBelow, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';

/** Bodies that are hashed by a thread. */
const MIB = 1024 * 1024;
const data = randomBytes(6 * MIB + 4321);
let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture();
  await sendSigned(walrus.port, { method: 'PUT', target: '/large' });
}, 120_000);
afterAll(async () => {
  await walrus?.stop();
  await hashThreads.close();
}, 60_000);

interface Upload {
  readonly socket: Socket;
  readonly reply: Promise<string>;
}

/** Sends the head of a PUT of `length` bytes. */
async function begin(target: string, length: number, more: Record<string, string> = {}): Promise<Upload> {
  const payloadHash = more['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  const headers = { host: `127.0.0.1:${walrus.port}`, ...more };
  const request = { method: 'PUT', rawPath: target, rawQuery: '', headers, region: 'x', service: 's3', payloadHash };
  const added = signV4(request, { accessKeyId: alice.accessKeyId, secretKey: alice.secretKey }, new Date());
  const all = { ...headers, ...added, 'content-length': String(length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(walrus.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(`PUT ${target} HTTP/1.1\r\nconnection: close\r\n${lines.join('')}\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  return { socket, reply: new Promise((resolve) => socket.on('close', () => resolve(text))) };
}

async function put(target: string, body: Buffer, more: Record<string, string> = {}): Promise<string> {
  const { socket, reply } = await begin(target, body.length, more);
  socket.write(body);
  return await reply;
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !done(); i++) await sleep(50);
  expect(done()).toBe(true);
}

const etag = `"${createHash('md5').update(data).digest('hex')}"`;
const sha256 = createHash('sha256').update(data).digest('hex');

it.each([
  ['plain', {}],
  ['with a hash in the signature', { 'x-amz-content-sha256': sha256 }],
  ['encrypted', { 'x-amz-server-side-encryption': 'AES256' }],
])(
  'an object comes back as it was put: %s',
  async (name, headers) => {
    const target = `/large/${name.replaceAll(' ', '-')}`;
    const reply = await put(target, data, headers);
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect(reply).toContain(etag);
    const { body } = await sendSigned(walrus.port, { target });
    expect(body.equals(data)).toBe(true);
  },
  60_000,
);

it.each(['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const)(
  'a %s in the trailer is verified, and kept',
  async (name) => {
    const running = createChecksum(name);
    running.update(data);
    const right = running.digest().toString('base64');
    const body = (value: string): Buffer =>
      Buffer.concat([
        Buffer.from(`${data.length.toString(16)}\r\n`),
        data,
        Buffer.from(`\r\n0\r\nx-amz-checksum-${name}:${value}\r\n\r\n`),
      ]);
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(data.length),
      'x-amz-trailer': `x-amz-checksum-${name}`,
      'content-encoding': 'aws-chunked',
    };
    const reply = await put(`/large/${name}`, body(right), headers);
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect(reply.toLowerCase()).toContain(`x-amz-checksum-${name}: ${right}`.toLowerCase());
    const wrong = Buffer.alloc(Buffer.from(right, 'base64').length, 7).toString('base64');
    expect(await put(`/large/${name}`, body(wrong), headers)).toContain('<Code>BadDigest</Code>');
  },
  60_000,
);

it('a broken promise leaves nothing behind', async () => {
  const before = filesBelow(walrus.objectsDirectory).length;
  const wrong = { 'x-amz-content-sha256': '0'.repeat(64) };
  expect(await put('/large/wrong', data, wrong)).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
  const md5 = { 'content-md5': Buffer.alloc(16).toString('base64') };
  expect(await put('/large/wrong', data, md5)).toContain('<Code>BadDigest</Code>');
  expect(filesBelow(walrus.objectsDirectory)).toHaveLength(before);
}, 60_000);

it('a client that goes away leaves nothing behind', async () => {
  const before = filesBelow(walrus.objectsDirectory).length;
  const { socket } = await begin('/large/gone', data.length);
  socket.write(data.subarray(0, 5 * MIB));
  await until(() => hashThreads.jobs === 1);
  socket.destroy();
  await until(() => hashThreads.jobs === 0 && filesBelow(walrus.objectsDirectory).length === before);
}, 60_000);

it('when the hashing thread dies the request fails, and leaves nothing behind; the next has another', async () => {
  const before = filesBelow(walrus.objectsDirectory).length;
  const { socket, reply } = await begin('/large/dead', data.length);
  socket.write(data.subarray(0, 5 * MIB));
  await until(() => hashThreads.jobs === 1);
  await hashThreads.close();
  socket.write(data.subarray(5 * MIB));
  const text = await reply;
  expect(text).toMatch(/^HTTP\/1\.1 500 /);
  expect(text).toContain('<Code>InternalError</Code>');
  expect(filesBelow(walrus.objectsDirectory)).toHaveLength(before);
  expect(await put('/large/dead', data)).toContain(etag);
}, 60_000);
