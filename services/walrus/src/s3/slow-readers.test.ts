import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { signV4 } from '@mallee/aws-signatures';
import { sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';

const SIZE = 32 * 1024 * 1024;
let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture({ answerIdleMs: 500 });
  await sendSigned(walrus.port, { method: 'PUT', target: '/slow' });
  const body = randomBytes(SIZE);
  const put = async (key: string, headers: Record<string, string>): Promise<void> => {
    expect((await sendSigned(walrus.port, { method: 'PUT', target: `/slow/${key}`, body, headers })).status).toBe(200);
  };
  await put('plain', {});
  await put('encrypted', { 'x-amz-server-side-encryption': 'AES256' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

/** A connection that has asked for an object and reads nothing yet. */
async function ask(key: string): Promise<Socket> {
  const headers = { host: `127.0.0.1:${walrus.port}` };
  const request = { method: 'GET', rawPath: `/slow/${key}`, rawQuery: '', headers, region: 'x', service: 's3' };
  const keys = { accessKeyId: alice.accessKeyId, secretKey: alice.secretKey };
  const all = { ...headers, ...signV4({ ...request, payloadHash: 'UNSIGNED-PAYLOAD' }, keys, new Date()) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const socket = connect({ port: walrus.port, host: '127.0.0.1' });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.pause();
  socket.write(`GET ${request.rawPath} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** Files of objects that this process, which Walrus runs in, holds open. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(walrus.objectsDirectory);
    } catch {
      return false;
    }
  }).length;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 600) throw new Error('it never came to be');
    await sleep(50);
  }
}

it.each(['plain', 'encrypted'])(
  'a client that reads no more is let go, and the file (%s) is closed',
  async (key) => {
    const socket = await ask(key);
    await until(() => openFiles() === 1);
    await until(() => openFiles() === 0);
    let received = 0;
    const closed = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
    socket.on('data', (chunk: Buffer) => (received += chunk.length)).resume();
    await closed;
    expect(received).toBeLessThan(SIZE);
  },
  60_000,
);

it.each(['plain', 'encrypted'])(
  'a client that reads slowly gets all of it (%s)',
  async (key) => {
    const socket = await ask(key);
    const started = Date.now();
    let received = 0;
    let sinceRest = 0;
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('close', () => reject(new Error(`cut off after ${received} bytes`)));
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        sinceRest += chunk.length;
        if (received > SIZE) return resolve();
        if (sinceRest < 1024 * 1024) return;
        sinceRest = 0;
        socket.pause();
        setTimeout(() => socket.resume(), 100);
      });
      socket.resume();
    });
    // Longer in all than a reader may rest.
    expect(Date.now() - started).toBeGreaterThan(1000);
    socket.removeAllListeners('close').destroy();
    await until(() => openFiles() === 0);
  },
  60_000,
);
