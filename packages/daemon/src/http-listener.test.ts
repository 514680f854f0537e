import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import { pino } from 'pino';
import { currentCorrelationId, Health, HttpListener, Metrics, readBody } from './index.js';

describe('HttpListener', () => {
  const health = new Health();
  let listener: HttpListener;
  let base: string;

  let log: string;

  beforeEach(async () => {
    log = '';
    listener = new HttpListener({
      host: '127.0.0.1',
      port: 0,
      logger: pino({ level: 'error' }, { write: (line) => (log += line) }),
      metrics: new Metrics(),
      health,
    });
    listener.route('/echo', async (request, response) => {
      response.end(JSON.stringify({ id: currentCorrelationId(), body: (await readBody(request, 8)).toString() }));
    });
    listener.route('/typed', () => {
      throw new MalleeError('InvalidParameterValue', 'MaxCount must be positive');
    });
    listener.route('/below/', (_request, response) => void response.end('below'));
    base = `http://127.0.0.1:${(await listener.listen()).port}`;
  });
  afterEach(() => listener.close());

  it('leaves its own paths to a route that claims the request', async () => {
    listener.route('*', (_request, response) => void response.end('claimed'), {
      claims: ({ headers }) => headers['x-mine'] === 'yes',
    });
    const get = async (path: string, mine: string) =>
      await (await fetch(base + path, { headers: { 'x-mine': mine } })).text();
    expect(await get('/healthz', 'yes')).toBe('claimed');
    expect(await get('/healthz', 'no')).toContain('ok');
  });

  it('keeps the correlation id of the caller in context and answer', async () => {
    const id = '6f1b0a2e-8d43-4a53-9c6e-0123456789ab';
    const response = await fetch(`${base}/echo`, {
      method: 'POST',
      body: 'x',
      headers: { 'x-mallee-correlation-id': id },
    });
    expect(response.headers.get('x-mallee-correlation-id')).toBe(id);
    expect(await response.json()).toEqual({ id, body: 'x' });
  });

  it('replaces a correlation id that is not a UUID', async () => {
    const response = await fetch(`${base}/below/x`, { headers: { 'x-mallee-correlation-id': 'a\tb{"x":1}' } });
    expect(response.headers.get('x-mallee-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers a typed failure with its status, and an oversized body with 413', async () => {
    const typed = await fetch(`${base}/typed`);
    expect([typed.status, await typed.json()]).toEqual([
      400,
      { error: 'InvalidParameterValue', message: 'MaxCount must be positive' },
    ]);
    const large = await fetch(`${base}/echo`, { method: 'POST', body: 'longer than eight' });
    expect([large.status, ((await large.json()) as { error: string }).error]).toEqual([413, 'Wire.LimitExceeded']);
  });

  it('logs the path of a failed request without the query string, which can carry a signature', async () => {
    await fetch(`${base}/typed?Action=X&Signature=secret`);
    expect(log).toContain('"path":"/typed"');
    expect(log).not.toContain('secret');
  });

  it('tells health, readiness with the reason, metrics and unknown paths', async () => {
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    health.check('database', () => Promise.reject(new MalleeError('Database.Unavailable', 'connection refused')));
    const ready = await fetch(`${base}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      checks: [{ name: 'database', ok: false, code: 'Database.Unavailable', message: 'connection refused' }],
    });
    expect((await fetch(`${base}/metrics`)).status).toBe(200);
    expect((await fetch(`${base}/nowhere`)).status).toBe(404);
  });
});
