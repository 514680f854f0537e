import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createPool, type Pool } from '@mallee/database';
import { freePort } from '@mallee/private-services';
import { makeIdentity, scratchDirectory, startTestPostgres, startTypeScript, type TestService } from '@mallee/testing';
import { S3BlobStore } from './storage/s3-blob-store.js';
import { placeBehind } from './test-support/behind.js';
import { CrashClient, isReady, Tally } from './test-support/crash/client.js';
import { settledStore } from './test-support/crash/garbage.js';
import { PlainKeys } from './test-support/crash/plain-keys.js';
import { SharedKeys } from './test-support/crash/shared-keys.js';
import { VersionedKeys } from './test-support/crash/versioned-keys.js';
import { filesBelow } from './test-support/fixture.js';
import { alice } from './test-support/serve.js';

// `npm run soak:walrus -- --minutes 30` is this test with more time.
const minutes = Number(process.env['MALLEE_SOAK_MINUTES'] ?? 0.3);
const CLIENTS = 4;
const behind = placeBehind();
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const scratch = scratchDirectory();
const objectsDirectory = join(scratch.path, 'objects');
const config = join(scratch.path, 'walrus.json');
let postgres: TestService;
let pool: Pool;
let port: number;
let daemon: ChildProcess | undefined;
let output = '';

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool(postgres.url, { schema: 'walrus' });
  mkdirSync(objectsDirectory);
  port = await freePort();
  const { privateKeyPem, certificatePem } = await makeIdentity('walrus');
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  const accountsFile = join(scratch.path, 'accounts.json');
  writeFileSync(keys.privateKey, privateKeyPem, { mode: 0o600 });
  writeFileSync(keys.certificate, certificatePem);
  writeFileSync(accountsFile, JSON.stringify([alice]), { mode: 0o600 });
  const settings = {
    name: 'walrus',
    stateDirectory: scratch.path,
    listen: { host: '127.0.0.1', port },
    keys,
    log: { level: 'warn' },
    databaseUrl: postgres.url,
    objectsDirectory,
    accountsFile,
    imageCacheDirectory: join(scratch.path, 'images'),
    imageKey: keys,
    janitor: { graceSeconds: 0, intervalSeconds: 3600 },
    ...(behind === undefined ? {} : { storage: { kind: 's3', ...behind } }),
  };
  writeFileSync(config, JSON.stringify(settings));
}, 120_000);
afterAll(async () => {
  daemon?.kill('SIGKILL');
  await pool?.end();
  await postgres?.stop();
  scratch.remove();
}, 60_000);

async function stored(): Promise<string[]> {
  if (behind === undefined) return filesBelow(objectsDirectory);
  const store = await S3BlobStore.open(behind);
  const ids: string[] = [];
  for await (const id of store.list(new Date(Date.now() + 60_000))) ids.push(id);
  store.close();
  return ids;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function launch(): void {
  daemon = startTypeScript(main, ['--config', config]);
  output = '';
  for (const stream of [daemon.stdout, daemon.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
  }
}

async function startDaemon(): Promise<void> {
  launch();
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await isReady(port)) return;
    if (daemon?.exitCode !== null) throw new Error(`walrus ended: ${output}`);
    await sleep(50);
  }
  throw new Error(`walrus is not ready: ${output}`);
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => daemon!.once('exit', (code) => resolve(code)));
  daemon!.kill(signal);
  return await ended;
}

async function prepareBuckets(client: CrashClient): Promise<void> {
  await client.ask('create bucket', { method: 'PUT', target: '/plain' });
  await client.ask('create bucket', { method: 'PUT', target: '/versioned' });
  const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await client.ask('versioning', { method: 'PUT', target: '/versioned?versioning=', body });
}

it(
  'killed with SIGKILL at any instant, Walrus loses nothing acknowledged and leaves no garbage',
  async () => {
    const tally = new Tally();
    const shared = new SharedKeys('plain');
    const clients = Array.from({ length: CLIENTS }, (_, i) => {
      const client = new CrashClient(port, tally);
      return {
        client,
        plain: new PlainKeys(client, 'plain', `c${i}`),
        versioned: new VersionedKeys(client, 'versioned', `v${i}`),
      };
    });
    await startDaemon();
    await prepareBuckets(clients[0]!.client);
    const finish = Date.now() + minutes * 60_000;
    let kills = 0;
    let rounds = 0;
    for (; rounds === 0 || Date.now() < finish; rounds++) {
      let stopped = false;
      const work = clients.map(async ({ client, plain, versioned }) => {
        while (!stopped) {
          const dice = Math.random();
          if (dice < 0.7) await plain.step();
          else if (dice < 0.9) await versioned.step();
          else await shared.step(client);
        }
      });
      await sleep(200 + Math.random() * 4000);
      await end('SIGKILL');
      kills++;
      stopped = true;
      await Promise.all(work);
      if (Math.random() < 0.3) {
        // Another death while it starts or tidies up.
        launch();
        await sleep(Math.random() * 3000);
        await end('SIGKILL');
        kills++;
      }
      await startDaemon();
      let store = await settledStore(pool, stored);
      expect(store.missing).toEqual([]);
      if (store.garbage.length > 0) {
        // PostgreSQL may carry out the last statement of a killed process after the sweep at the start has looked at its rows.
        // The next sweep finds that, which is an hour away here.
        await end('SIGKILL');
        await startDaemon();
        store = await settledStore(pool, stored);
      }
      expect(store).toEqual({ missing: [], garbage: [] });
      await Promise.all(clients.map(async ({ plain }) => await plain.verify()));
      await Promise.all(clients.map(async ({ versioned }) => await versioned.verify()));
      await shared.verify(clients[0]!.client);
      expect(tally.wrong).toEqual([]);
      if (rounds % 20 === 19) report(tally, rounds + 1, kills);
    }
    expect(await end('SIGTERM')).toBe(0);
    await startDaemon();
    expect(await settledStore(pool, stored)).toEqual({ missing: [], garbage: [] });
    expect(await end('SIGTERM')).toBe(0);
    expect(tally.acknowledged).toBeGreaterThan(100);
    report(tally, rounds, kills);
  },
  minutes * 60_000 + 240_000,
);

function report({ acknowledged, unanswered, checked, done }: Tally, rounds: number, kills: number): void {
  if (process.env['MALLEE_SOAK_MINUTES'] === undefined) return;
  const kinds = [...done].map(([operation, count]) => `${operation} ${count}`).join(', ');
  process.stderr.write(
    `${new Date().toISOString()} rounds ${rounds}, kills ${kills}, acknowledged ${acknowledged}, without an answer ${unanswered}, ` +
      `contents checked ${checked} (${kinds})\n`,
  );
}
