import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import { findProgram } from '@mallee/processes';
import { Redis } from 'ioredis';
import { runningPid, startDetached, stopDetached } from './detached-process.js';

export interface PrivateRedis {
  /** redis://:PASSWORD@127.0.0.1:PORT */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * A private redis-server with a password on a loopback port (BullMQ takes a URL), append-only file in the directory;
 * undefined if no redis-server is installed. The port is chosen once and kept.
 */
export async function startRedis({ directory }: { directory: string }): Promise<PrivateRedis | undefined> {
  const program = findProgram('redis-server');
  if (program === undefined) return undefined;
  const root = resolve(directory);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const pidFile = join(root, 'redis.pid');
  const { port, password, configFile } = await settings(root);
  const url = `redis://:${password}@127.0.0.1:${port}`;
  if (runningPid(pidFile) === undefined) {
    await startDetached({ argv: [program, configFile], pidFile, logFile: join(root, 'redis.log'), cwd: root });
    await waitForRedis(url, join(root, 'redis.log'));
  }
  return { url, stop: () => stopRedis({ directory }) };
}

export async function stopRedis({ directory }: { directory: string }): Promise<void> {
  await stopDetached(join(resolve(directory), 'redis.pid'));
}

async function settings(root: string): Promise<{ port: number; password: string; configFile: string }> {
  const configFile = join(root, 'redis.conf');
  if (existsSync(configFile)) {
    const text = readFileSync(configFile, 'utf8');
    const port = Number(/^port (\d+)$/m.exec(text)?.[1]);
    const password = /^requirepass (\w+)$/m.exec(text)?.[1];
    if (port > 0 && password !== undefined) return { port, password, configFile };
  }
  const port = await freePort();
  const password = randomBytes(24).toString('hex');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${root}`,
    'appendonly yes',
    'save ""',
    'maxmemory-policy noeviction', // BullMQ loses jobs when keys are evicted
    'daemonize no',
  ];
  writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { port, password, configFile };
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready, reject) => server.once('error', reject).listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function waitForRedis(url: string, logFile: string): Promise<void> {
  const until = Date.now() + 20_000;
  while (Date.now() < until) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => undefined); // the failed attempt is what the loop is for
    try {
      await client.connect();
      await client.ping();
      return;
    } catch {
      await sleep(50);
    } finally {
      client.disconnect();
    }
  }
  throw new MalleeError('Platform.Timeout', `redis-server did not answer within 20 s; see ${logFile}`);
}
