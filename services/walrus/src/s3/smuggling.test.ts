import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { filesBelow, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';

let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture();
  await sendSigned(walrus.port, { method: 'PUT', target: '/open', headers: { 'x-amz-acl': 'public-read-write' } });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

/** Sends these bytes and reads until the connection closes, or nothing more comes; the status of each answer, in order. */
async function statuses(text: string): Promise<number[]> {
  return await new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(walrus.port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (reply += chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A peer that has said its no may close while more is sent.
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
    });
    socket.on('close', () => resolve([...reply.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))));
  });
}

const put = (headers: string[], body: string, path = '/open/k'): string =>
  [`PUT ${path} HTTP/1.1`, 'Host: h', ...headers, '', body].join('\r\n');
const inner = 'PUT /open/smuggled HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx';

describe('a request that two servers could read in two ways', () => {
  it.each<[string, string[], string]>([
    ['length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['chunks and length', ['Transfer-Encoding: chunked', `Content-Length: ${5 + inner.length}`], `0\r\n\r\n${inner}`],
    ['two lengths', ['Content-Length: 1', `Content-Length: ${inner.length}`], inner],
    ['a list of lengths', ['Content-Length: 1, 1'], inner],
    ['a length with a sign', ['Content-Length: +1'], inner],
    ['a length in hex', ['Content-Length: 0x1'], inner],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${inner}`],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${inner}`],
    ['a blank before the colon', ['Transfer-Encoding : chunked'], `0\r\n\r\n${inner}`],
    ['a folded header', ['X-A: b', ' Transfer-Encoding: chunked'], inner],
    ['a bare line feed', ['X-A: b\nTransfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['a bare carriage return', ['X-A: b\rTransfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['a chunk of no size', ['Transfer-Encoding: chunked'], `\r\nabc\r\n0\r\n\r\n${inner}`],
    ['a chunk of a negative size', ['Transfer-Encoding: chunked'], `-1\r\nabc\r\n0\r\n\r\n${inner}`],
    ['a chunk of more than 64 bits', ['Transfer-Encoding: chunked'], `1${'0'.repeat(20)}\r\nabc\r\n0\r\n\r\n${inner}`],
  ])('%s: one refusal, and nothing else is done', async (_, headers, body) => {
    const answers = await statuses(put(headers, body));
    expect(answers.length).toBeLessThanOrEqual(1);
    for (const status of answers) expect(status).toBeGreaterThanOrEqual(400);
    expect((await sendSigned(walrus.port, { target: '/open/smuggled' })).code).toBe('NoSuchKey');
    // A body that was begun is given up behind the answer.
    while (filesBelow(walrus.objectsDirectory).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('requests one behind the other are answered in their order', async () => {
    const first = put(['Content-Length: 1'], 'a', '/open/one');
    const get = 'GET /open/none HTTP/1.1\r\nHost: h\r\n\r\n';
    const last = put(['Transfer-Encoding: chunked', 'Connection: close'], '1\r\nb\r\n0\r\n\r\n', '/open/two');
    expect(await statuses(first + get + last)).toEqual([200, 404, 200]);
    for (const [key, text] of [
      ['one', 'a'],
      ['two', 'b'],
    ])
      expect((await sendSigned(walrus.port, { target: `/open/${key}` })).body.toString()).toBe(text);
  });
});

describe('heads without measure', () => {
  it.each<[string, string, number]>([
    ['a header of 100 KB', `X-A: ${'a'.repeat(100_000)}`, 431],
    ['100,000 headers', Array.from({ length: 100_000 }, (_, n) => `X-${n}: a`).join('\r\n'), 431],
    ['a path of 100 KB', '', 431],
  ])('%s', async (name, header, status) => {
    const path = name.startsWith('a path') ? `/open/${'a'.repeat(100_000)}` : '/open/k';
    expect(await statuses(`GET ${path} HTTP/1.1\r\nHost: h\r\n${header === '' ? '' : `${header}\r\n`}\r\n`)).toEqual([
      status,
    ]);
    expect((await sendSigned(walrus.port, { target: '/open' })).status).toBe(200);
  });

  it('no host, or two of them, name no bucket and harm nothing', async () => {
    expect(await statuses('GET /open HTTP/1.1\r\n\r\n')).toEqual([400]);
    const [status] = await statuses('GET /k HTTP/1.1\r\nHost: open.s3.test\r\nHost: other.s3.test\r\n\r\n');
    expect(status).toBe(400);
  });
});
