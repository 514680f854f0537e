import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@mallee/private-services';
import {
  endOf,
  scratchDirectory,
  startTestPostgres,
  startTypeScript,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StorageConfig } from './config.js';
import { clientOf, writeConfig } from './test-support/controller.js';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let postgres: TestService;
let scratch: ScratchDirectory;
let config: StorageConfig;
let url: string;
let daemon: ChildProcess | undefined;

beforeAll(async () => {
  postgres = await startTestPostgres();
  scratch = scratchDirectory();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  config = await writeConfig(scratch.path, postgres.url, { listen: { port } });
}, 120_000);
afterAll(async () => {
  daemon?.kill('SIGKILL');
  await postgres.stop();
  scratch.remove();
}, 60_000);

async function startDaemon(): Promise<ChildProcess> {
  const child = startTypeScript(main, ['--config', join(scratch.path, 'sc.json')]);
  child.stdout?.resume();
  child.stderr?.resume();
  for (let attempt = 0; attempt < 300; attempt++) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.status === 200) return child;
    await sleep(100);
  }
  throw new Error('the daemon does not become ready');
}

test('killed again and again among creations and deletions, it loses nothing and leaves nothing', async () => {
  const client = clientOf(scratch.path, 'cloud', url);
  /** What the daemon has confirmed; a call that ended in an error may have been done or not. */
  const confirmed = new Map<string, 'available' | 'deleted'>();
  const id = (round: number, n: number): string => `vol-${(round * 256 + n).toString(16).padStart(8, '0')}`;

  for (let round = 1; round <= 5; round++) {
    daemon = await startDaemon();
    const exit = once(daemon, 'exit');
    const calls = Array.from({ length: 6 }, async (_, n) => {
      const volumeId = id(round, n);
      await client.call('CreateStorageVolume', { volumeId, size: 1 });
      confirmed.set(volumeId, 'available');
      if (n % 2 === 0) return;
      confirmed.delete(volumeId);
      await client.call('DeleteStorageVolume', { volumeId });
      confirmed.set(volumeId, 'deleted');
    });
    // A different moment each round; which one does not matter for what must hold.
    await sleep(round * 25);
    daemon.kill('SIGKILL');
    await Promise.allSettled(calls);
    await exit;
  }

  daemon = await startDaemon();
  const all = Array.from({ length: 5 }, (_, round) => Array.from({ length: 6 }, (__, n) => id(round + 1, n))).flat();
  const { volumes } = await client.call('DescribeStorageVolumes', { volumeIds: all });
  const states = new Map(volumes.map(({ volumeId, status }) => [volumeId, status]));
  for (const [volumeId, state] of confirmed) expect([volumeId, states.get(volumeId)]).toEqual([volumeId, state]);
  expect([...states.values()].filter((state) => state !== 'available' && state !== 'deleted')).toEqual([]);
  const available = [...states].filter(([, state]) => state === 'available').map(([volumeId]) => `${volumeId}.raw`);
  expect(readdirSync(config.volumesDirectory).sort()).toEqual(['.storage-id', 'orphans', ...available.sort()].sort());
  expect(readdirSync(join(config.volumesDirectory, 'orphans'))).toEqual([]);
  client.close();
}, 240_000);

test('SIGTERM ends it cleanly', async () => {
  expect(daemon).toBeDefined();
  if (daemon === undefined) return;
  const end = endOf(daemon);
  daemon.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0, signal: null });
}, 60_000);
