import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeIdentity, scratchDirectory } from '@mallee/testing';
import { pino } from 'pino';
import { Health, HttpListener, Metrics } from './index.js';

/* Clients that read no more of an answer, and answers that take their time. */

const IDLE_MS = 300;
const LARGE = Buffer.alloc(32 * 1024 * 1024);
let release: (() => Promise<void>) | undefined;
afterEach(() => release?.());

async function listen(secure: boolean): Promise<{ listener: HttpListener; port: () => Promise<number> }> {
  const scratch = scratchDirectory();
  const tls = { key: join(scratch.path, 'pk.pem'), certificate: join(scratch.path, 'cert.pem') };
  if (secure) {
    const { privateKeyPem, certificatePem } = await makeIdentity('localhost');
    writeFileSync(tls.key, privateKeyPem);
    writeFileSync(tls.certificate, certificatePem);
  }
  const listener = new HttpListener({
    host: '127.0.0.1',
    port: 0,
    ...(secure ? { tls } : {}),
    logger: pino({ level: 'silent' }),
    metrics: new Metrics(),
    health: new Health(),
    answerIdleMs: IDLE_MS,
  });
  release = async () => {
    await listener.close(100);
    scratch.remove();
  };
  return { listener, port: async () => (await listener.listen()).port };
}

function get(secure: boolean, port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/x', agent: false, rejectUnauthorized: false };
    (secure ? httpsRequest : httpRequest)(options, resolve).on('error', reject).end();
  });
}

describe.each<[string, boolean]>([
  ['HTTP', false],
  ['HTTPS', true],
])('%s', (_, secure) => {
  it('cuts off a client that reads no more', async () => {
    const { listener, port } = await listen(secure);
    const closed = new Promise<void>((resolve) => {
      listener.route('/x', (_request, response) => void response.once('close', resolve).end(LARGE));
    });
    const incoming = await get(secure, await port());
    await closed;
    let received = 0;
    const reading = (async () => {
      for await (const chunk of incoming as AsyncIterable<Buffer>) received += chunk.length;
    })();
    await expect(reading).rejects.toThrow('aborted');
    expect(received).toBeLessThan(LARGE.length);
  }, 60_000);

  it('waits for an answer that is slow to make', async () => {
    const { listener, port } = await listen(secure);
    listener.route('/x', async (_request, response) => {
      await sleep(4 * IDLE_MS);
      response.write('first');
      await sleep(4 * IDLE_MS);
      response.end(' last');
    });
    const incoming = await get(secure, await port());
    let text = '';
    for await (const chunk of incoming as AsyncIterable<Buffer>) text += chunk.toString();
    expect(text).toBe('first last');
  }, 60_000);
});
