import { renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import { pino } from 'pino';
import { Health, HttpListener, Metrics } from './index.js';

let scratch: ScratchDirectory;
let tls: { key: string; certificate: string };
let old: TestIdentity;
let listener: HttpListener;
let port: number;
let log = '';

beforeEach(async () => {
  scratch = scratchDirectory();
  log = '';
  tls = { key: join(scratch.path, 'pk.pem'), certificate: join(scratch.path, 'cert.pem') };
  old = await makeIdentity('localhost');
  put(old);
  listener = new HttpListener({ host: '127.0.0.1', port: 0, tls, ...around() });
  listener.route('/hello', (_request, response) => void response.end('hello'));
  ({ port } = await listener.listen());
});
afterEach(async () => {
  await listener.close(100);
  scratch.remove();
});

const around = () => ({
  logger: pino({ level: 'error' }, { write: (line) => (log += line) }),
  metrics: new Metrics(),
  health: new Health(),
});

function put({ privateKeyPem, certificatePem }: TestIdentity): void {
  for (const [file, text] of [
    [tls.key, privateKeyPem],
    [tls.certificate, certificatePem],
  ] as const) {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
}

function get(path: string, ca: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, ca, agent: false, checkServerIdentity: () => undefined };
    request(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

function handshake(maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> {
  return new Promise((resolve, reject) => {
    // Security level 0: this client would speak the old version, so the refusal is the server's.
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion } as const;
    const socket: TLSSocket = connect({ ...options, ciphers: 'ALL:@SECLEVEL=0' }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('serves routes and the built-in paths over TLS', async () => {
  expect(await get('/hello', old.certificatePem)).toEqual({ status: 200, body: 'hello' });
  expect((await get('/healthz', old.certificatePem)).status).toBe(200);
  expect((await get('/metrics', old.certificatePem)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${String(port)}/healthz`)).rejects.toThrow();
});

test('speaks TLS 1.2 and 1.3, nothing older', async () => {
  expect(await handshake('TLSv1.3')).toBe('TLSv1.3');
  expect(await handshake('TLSv1.2')).toBe('TLSv1.2');
  await expect(handshake('TLSv1.1')).rejects.toThrow(/protocol version|alert/);
});

test('a replaced pair is used for new connections; a wrong one is not', async () => {
  const fresh = await makeIdentity('localhost');
  put(fresh);
  await eventually(() => get('/hello', fresh.certificatePem));
  writeFileSync(tls.certificate, old.certificatePem); // does not belong to the key
  await eventually(() => (log.includes('not used') ? Promise.resolve() : Promise.reject(new Error('not yet'))));
  expect((await get('/hello', fresh.certificatePem)).body).toBe('hello');
});

test('files that cannot be used end the start with the reason', () => {
  writeFileSync(tls.certificate, 'x');
  expect(() => new HttpListener({ host: '127.0.0.1', port: 0, tls, ...around() })).toThrow(
    expect.objectContaining({ code: 'Configuration.Invalid' }),
  );
});

async function eventually<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
