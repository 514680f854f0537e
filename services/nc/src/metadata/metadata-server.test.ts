import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newInstance } from '../instances/lifecycle.js';
import { exampleLaunch } from '../test-support/examples.js';
import { MetadataServer } from './metadata-server.js';

const records = new Map([
  ['127.0.0.1', newInstance(exampleLaunch(), new Date())],
  ['127.0.0.2', newInstance(exampleLaunch({ instanceId: 'i-00000002' }), new Date())],
]);

describe('metadata server', () => {
  let server: MetadataServer;
  let time = new Date('2026-01-01T00:00:00Z');
  beforeAll(async () => {
    const instanceAt = (address: string) => records.get(address);
    server = new MetadataServer({ host: '127.0.0.1', port: 0, zone: 'z', instanceAt, now: () => time });
    await server.listen();
  });
  afterAll(() => server.close());

  function ask(path: string, options: { method?: string; from?: string; headers?: Record<string, string> } = {}) {
    return new Promise<{ status: number; type: string | undefined; text: string }>((resolve, reject) => {
      const { method = 'GET', from = '127.0.0.1', headers = {} } = options;
      const target = {
        host: '127.0.0.1',
        port: server.port(),
        path,
        method,
        headers,
        localAddress: from,
        agent: false,
      };
      const request = httpRequest(target, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text });
        });
      });
      request.on('error', reject);
      request.end();
    });
  }
  const token = (seconds: string, headers = {}) =>
    ask('/latest/api/token', {
      method: 'PUT',
      headers: { 'X-aws-ec2-metadata-token-ttl-seconds': seconds, ...headers },
    });

  it('knows the guest by its address and by nothing else', async () => {
    const answer = await ask('/latest/meta-data/instance-id');
    expect(answer).toEqual({ status: 200, type: 'text/plain', text: 'i-0A1B2C3D' });
    const headers = { 'x-forwarded-for': '127.0.0.1', 'x-instance-id': 'i-0A1B2C3D' };
    expect((await ask('/latest/meta-data/instance-id', { from: '127.0.0.2', headers })).text).toBe('i-00000002');
    expect((await ask('/latest/meta-data/instance-id', { from: '127.0.0.3', headers })).status).toBe(404);
  });

  it('answers version 2 with a token of the same guest until it ends', async () => {
    const { status, text } = await token('60');
    expect(status).toBe(200);
    const headers = { 'X-aws-ec2-metadata-token': text };
    expect((await ask('/latest/meta-data/instance-id', { headers })).status).toBe(200);
    expect((await ask('/latest/meta-data/instance-id', { headers, from: '127.0.0.2' })).status).toBe(401);
    expect((await ask('/latest/meta-data/', { headers: { 'X-aws-ec2-metadata-token': `${text}x` } })).status).toBe(401);
    expect((await ask('/latest/meta-data/', { headers: { 'X-aws-ec2-metadata-token': '' } })).status).toBe(401);
    time = new Date(time.getTime() + 61_000);
    expect((await ask('/latest/meta-data/instance-id', { headers })).status).toBe(401);
  });

  it('refuses odd token requests', async () => {
    for (const seconds of ['0', '21601', 'x', '-1', '1e3']) expect((await token(seconds)).status).toBe(400);
    expect((await ask('/latest/api/token', { method: 'PUT' })).status).toBe(400);
    expect((await token('60', { 'X-Forwarded-For': '10.0.0.1' })).status).toBe(403);
    expect((await ask('/latest/meta-data/', { method: 'PUT' })).status).toBe(404);
    expect((await ask('/latest/meta-data/', { method: 'POST' })).status).toBe(405);
  });

  it('tells nothing where there is nothing', async () => {
    expect(await ask('/latest/user-data')).toMatchObject({ status: 404, text: '' });
    expect((await ask('/latest//meta-data/instance-id')).status).toBe(200);
  });
});
