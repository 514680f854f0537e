import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { signV4 } from '@mallee/aws-signatures';
import { filesBelow, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';

let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture({ bodyIdleMs: 500 });
  await sendSigned(walrus.port, { method: 'PUT', target: '/slow' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

/** Sends a PUT of `claimed` bytes with this body and leaves the connection open; all that comes back until it is closed. */
async function put(body: string, claimed: number, more: Record<string, string> = {}): Promise<string> {
  const headers = { host: `127.0.0.1:${walrus.port}`, ...more };
  const request = { method: 'PUT', rawPath: '/slow/k', rawQuery: '', headers, region: 'x', service: 's3' };
  const keys = { accessKeyId: alice.accessKeyId, secretKey: alice.secretKey };
  const added = signV4({ ...request, payloadHash: 'UNSIGNED-PAYLOAD' }, keys, new Date());
  const lines = Object.entries({ ...headers, ...added, 'content-length': String(claimed) }).map(
    ([n, v]) => `${n}: ${v}`,
  );
  return await new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(walrus.port, '127.0.0.1', () =>
      socket.write(`PUT /slow/k HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`),
    );
    socket.on('data', (chunk: Buffer) => (reply += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(reply));
  });
}

it('a client that falls silent is told so and let go', async () => {
  const reply = await put('half', 8);
  expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  expect(reply).toContain('<Code>RequestTimeout</Code>');
  expect(filesBelow(walrus.objectsDirectory)).toEqual([]);
}, 60_000);

it('a body longer than its length is no second request before the first is answered', async () => {
  const contentMd5 = createHash('md5').update('whole').digest('base64');
  const reply = await put('whole and more', 4, { 'content-md5': contentMd5 });
  expect(reply.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(reply).toContain('<Code>BadDigest</Code>');
  expect(filesBelow(walrus.objectsDirectory)).toEqual([]);
}, 60_000);
