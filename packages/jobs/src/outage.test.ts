import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { freePort } from '@mallee/private-services';
import { findProgram } from '@mallee/processes';
import { startTestPostgres, type TestService } from '@mallee/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { defineWorkflow, enqueueOutbox, jobsMigrations, runStatus, startOutboxRelay, startWorker } from './index.js';

const logger = createLogger({ name: 'test', level: 'silent' });
let postgres: TestService;
let pool: Pool;
let counter = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
}, 120_000);
afterAll(async () => {
  await postgres.stop();
}, 60_000);
beforeEach(async () => {
  const schema = `outage_${++counter}`;
  pool = createPool(postgres.url, { schema });
  await migrate(pool, { schema, directories: [jobsMigrations] });
});
afterEach(async () => {
  await pool.end();
});

let ran = 0;
const workflow = defineWorkflow<object>({
  name: 'count',
  version: 1,
  ticket: () => 'one',
  deadlineMs: 60_000,
  steps: [{ name: 'count', timeoutMs: 1000, attempts: 1, backoffMs: 1, run: () => Promise.resolve(void ran++) }],
  onFailed: () => Promise.resolve(),
});

async function startRedisOn(port: number): Promise<ChildProcess> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error('redis-server is not installed');
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => (chunk.includes('Ready to accept') ? resolve() : undefined));
  });
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function done(jobId: string): Promise<void> {
  while ((await runStatus(pool, 'q', jobId))?.finished !== true) await sleep(30);
}

test('a Redis that is away at the start, dies and comes back empty costs time, not runs', async () => {
  const port = await freePort();
  const queueUrl = `redis://127.0.0.1:${port}`;
  const relay = startOutboxRelay({ queueUrl, pool, logger, pollMs: 300, republishMs: 1000 });
  const starting = startWorker({ queueUrl, queueName: 'q', workflows: [workflow], pool, logger, leaseMs: 2000 });
  await enqueueOutbox(pool, { queue: 'q', name: 'count', data: {}, jobId: 'one' });
  await sleep(1000);
  const first = await startRedisOn(port);
  await done('one');
  await stop(first);
  await enqueueOutbox(pool, { queue: 'q', name: 'count', data: {}, jobId: 'two' });
  await sleep(1000);
  const second = await startRedisOn(port);
  await done('two');
  expect(ran).toBe(2);
  await (await starting).stop();
  await relay.stop();
  await stop(second);
}, 60_000);

test('stopping does not wait for a Redis that is away', async () => {
  const port = await freePort();
  const queueUrl = `redis://127.0.0.1:${port}`;
  const redis = await startRedisOn(port);
  const relay = startOutboxRelay({ queueUrl, pool, logger, pollMs: 300 });
  const worker = await startWorker({ queueUrl, queueName: 'q', workflows: [workflow], pool, logger });
  await enqueueOutbox(pool, { queue: 'q', name: 'count', data: {}, jobId: 'one' });
  await done('one');
  await stop(redis);
  await enqueueOutbox(pool, { queue: 'q', name: 'count', data: {}, jobId: 'two' });
  await sleep(500);
  await Promise.all([worker.stop(), relay.stop()]);
}, 30_000);

test('a relay that never reached its Redis stops', async () => {
  const relay = startOutboxRelay({ queueUrl: `redis://127.0.0.1:${await freePort()}`, pool, logger, pollMs: 300 });
  await enqueueOutbox(pool, { queue: 'q', name: 'count', data: {}, jobId: 'one' });
  await sleep(500);
  await relay.stop();
}, 30_000);
