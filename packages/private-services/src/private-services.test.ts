import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '@mallee/processes';
import { Redis } from 'ioredis';
import pg from 'pg';
import {
  runDirectory,
  runningPid,
  startDetached,
  startPostgres,
  startRedis,
  stopDetached,
  stopPostgres,
} from './index.js';

function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'mps-'));
  chmodSync(path, 0o755);
  return path;
}

describe('private PostgreSQL', () => {
  it('starts, keeps its data over a restart, and starting twice is harmless', async () => {
    const directory = scratch();
    const first = await startPostgres({ directory, durable: false });
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    await client.query('create table t (n int); insert into t values (42)');
    await client.end();
    expect((await startPostgres({ directory, durable: false })).url).toBe(first.url);
    await first.stop();
    await stopPostgres({ directory });
    const second = await startPostgres({ directory, durable: false });
    const again = new pg.Client({ connectionString: second.url });
    await again.connect();
    expect((await again.query('select n from t')).rows).toEqual([{ n: 42 }]);
    await again.end();
    await second.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);
});

describe('private Redis', () => {
  it('needs its password and keeps port and data over a restart', async () => {
    const directory = scratch();
    const first = await startRedis({ directory });
    if (first === undefined) return expect(findProgram('redis-server')).toBeUndefined();
    const client = new Redis(first.url);
    await client.set('k', 'v');
    await client.quit();
    const stranger = new Redis(first.url.replace(/:[0-9a-f]+@/, '@'), { retryStrategy: () => null });
    stranger.on('error', () => undefined);
    await expect(stranger.get('k')).rejects.toThrow(/NOAUTH/);
    stranger.disconnect();
    await first.stop();
    const second = (await startRedis({ directory }))!;
    expect(second.url).toBe(first.url);
    const again = new Redis(second.url);
    expect(await again.get('k')).toBe('v');
    await again.quit();
    await second.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);
});

describe('detached processes', () => {
  it('are found again by pid file, stopped once, and never confused with another process', async () => {
    const directory = scratch();
    const pidFile = join(directory, 'sleep.pid');
    const pid = await startDetached({ argv: ['/bin/sleep', '60'], pidFile, logFile: join(directory, 'log') });
    expect(runningPid(pidFile)).toBe(pid);
    expect(await stopDetached(pidFile)).toBe('stopped');
    expect(existsSync(pidFile)).toBe(false);
    expect(await stopDetached(pidFile)).toBe('absent');
    writeFileSync(pidFile, `${process.pid} 1\n`); // our own pid with a start time that is not ours
    expect(runningPid(pidFile)).toBeUndefined();
    expect(await stopDetached(pidFile)).toBe('absent');
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('runDirectory', () => {
  it('stays inside short state directories and leaves long ones for /tmp', () => {
    const short = scratch();
    expect(runDirectory(short)).toBe(join(short, 'run'));
    const long = join(short, 'a'.repeat(80));
    const directory = runDirectory(long);
    expect(directory).toMatch(/^\/tmp\/mallee-\d+-[0-9a-f]{8}$/);
    expect(runDirectory(long)).toBe(directory);
    rmSync(directory, { recursive: true });
    rmSync(short, { recursive: true });
  });
});
