import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger, Health, HttpListener, Metrics } from '@mallee/daemon';
import { isObjectStoragePath } from '../front.js';
import { walrusProxy } from './walrus-proxy.js';

let walrus: Server;
let http: HttpListener;
let url: string;
let target: string | undefined;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let onContinue = 0;
const logger = createLogger({ name: 'clc', level: 'fatal' });
const proxy = walrusProxy({ target: async () => target, logger, idleTimeoutMs: 5_000 });

beforeAll(async () => {
  walrus = createServer((request, response) => serve(request, response));
  walrus.on('checkContinue', (request: IncomingMessage, response) => {
    onContinue++;
    if (request.url!.includes('refused')) {
      response.writeHead(403).end('no');
      return;
    }
    response.writeContinue();
    serve(request, response);
  });
  await new Promise<void>((resolve) => walrus.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(walrus.address() as AddressInfo).port}`;
  http = new HttpListener({ host: '127.0.0.1', port: 0, logger, metrics: new Metrics(), health: new Health() });
  http.route(isObjectStoragePath, proxy.handler);
  url = `http://127.0.0.1:${(await http.listen()).port}`;
});

beforeEach(() => {
  onContinue = 0;
});

afterAll(async () => {
  await http.close(100);
  proxy.close();
  walrus.closeAllConnections();
  await new Promise((resolve) => walrus.close(resolve));
});

test('only the paths of the object storage', () => {
  expect(['/services/Walrus', '/services/Walrus/b/k', '/services/objectstorage/'].every(isObjectStoragePath)).toBe(
    true,
  );
  expect(['/services/WalrusX', '/services/Eucalyptus', '/'].some(isObjectStoragePath)).toBe(false);
});

test('method, raw path, Host and end-to-end headers arrive unchanged; the answer too', async () => {
  let seen: IncomingMessage | undefined;
  serve = (request, response) => {
    seen = request;
    request.resume();
    response.writeHead(418, 'Teapot', ['ETag', '"x"', 'x-amz-meta-a', '1', 'Set-Cookie', 'a', 'Set-Cookie', 'b']);
    response.end('body');
  };
  const path = '/services/Walrus/b%2Fc/./%C3%A9?uploads&x=a+b%20c';
  const answer = await send('DELETE', path, {
    Host: 'Bucket.Example.org:1234',
    Authorization: 'AWS a:b',
    'X-Amz-Date': 'now',
    Connection: 'close, X-Hop',
    'X-Hop': '1',
  });
  expect([seen!.method, seen!.url, seen!.headers.host]).toEqual(['DELETE', path, 'Bucket.Example.org:1234']);
  expect(seen!.headers).toMatchObject({ authorization: 'AWS a:b', 'x-amz-date': 'now' });
  expect(seen!.headers['x-hop']).toBeUndefined();
  expect([answer.status, answer.reason, answer.body.toString()]).toEqual([418, 'Teapot', 'body']);
  expect(answer.headers).toMatchObject({ etag: '"x"', 'x-amz-meta-a': '1', 'set-cookie': ['a', 'b'] });
});

test('a large body passes both ways, with and without a declared length', async () => {
  serve = (request, response) => {
    response.setHeader('x-length', request.headers['content-length'] ?? 'chunked');
    request.pipe(response);
  };
  const body = randomBytes(3 * 1024 * 1024);
  const declared = await send('PUT', '/services/Walrus/b/k', { 'Content-Length': String(body.length) }, body);
  expect([declared.body.equals(body), declared.headers['x-length']]).toEqual([true, String(body.length)]);
  const chunked = await send('PUT', '/services/Walrus/b/k', { 'Transfer-Encoding': 'chunked' }, body);
  expect([chunked.body.equals(body), chunked.headers['x-length']]).toEqual([true, 'chunked']);
});

describe('Expect: 100-continue', () => {
  const expecting = { Expect: '100-continue', 'Content-Length': '4' };

  test('the header reaches Walrus, the client gets one 100', async () => {
    serve = (request, response) => void request.pipe(response);
    const answer = await send('PUT', '/services/Walrus/b/k', expecting, Buffer.from('data'));
    expect([answer.status, answer.body.toString(), onContinue]).toEqual([200, 'data', 1]);
  });

  test('a refusal of Walrus reaches the client', async () => {
    const answer = await send('PUT', '/services/Walrus/b/refused', expecting, Buffer.from('data'));
    expect(answer.status).toBe(403);
  });
});

test('a client that goes away ends the request at Walrus', async () => {
  let aborted = false;
  serve = (request) => {
    request.on('data', () => undefined);
    request.on('close', () => {
      aborted = !request.complete;
    });
  };
  const request = httpRequest(`${url}/services/Walrus/b/k`, { method: 'PUT', headers: { 'Content-Length': '100' } });
  request.on('error', () => undefined);
  request.write('half');
  await sleep(200);
  request.destroy();
  for (let i = 0; i < 100 && !aborted; i++) await sleep(50);
  expect(aborted).toBe(true);
});

test('a Walrus that breaks off in the middle breaks off the answer', async () => {
  serve = (request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 50);
  };
  await expect(send('GET', '/services/Walrus/b/k')).rejects.toThrow();
});

test('503 as S3 error while Walrus is away or not registered', async () => {
  const before = target;
  for (const away of [undefined, 'http://127.0.0.1:9']) {
    target = away;
    const answer = await send('GET', '/services/objectstorage/b/k');
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'application/xml']);
    expect(answer.body.toString()).toMatch(
      /<Error><Code>ServiceUnavailable<\/Code><Message>.*<RequestId>[0-9a-f-]{36}</,
    );
  }
  target = before;
});

interface Reply {
  status: number;
  reason: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

function send(method: string, path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, statusMessage = '' } = response;
        resolve({ status: statusCode, reason: statusMessage, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    if (headers['Expect'] === undefined) request.end(body);
    else request.on('continue', () => request.end(body)).flushHeaders();
  });
}
