import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import { createLogger, currentCorrelationId, Metrics, newCorrelationId } from '@mallee/daemon';
import { createPool, migrate, transaction, type Pool } from '@mallee/database';
import { startTestPostgres, startTestRedis, type TestService } from '@mallee/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  cancelRun,
  defineWorkflow,
  enqueueOutbox,
  jobsMigrations,
  runStatus,
  startOutboxRelay,
  startWorker,
  type AnyWorkflow,
  type OutboxEntry,
  type RunStatus,
  type StepContext,
  type WorkerOptions,
} from './index.js';

const QUEUE = 'test';
const silent = createLogger({ name: 'test', level: 'silent' });
let postgres: TestService;
let redis: TestService;
let counter = 0;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
}, 60_000);

interface Data {
  readonly subject: string;
  readonly fail?: string;
  readonly times?: number;
}

const never = (): Promise<void> => Promise.resolve();
const step = { timeoutMs: 20_000, attempts: 3, backoffMs: 10 };

/** A workflow of one step over `run`. */
function single(run: (context: StepContext<Data>) => Promise<void>, more: Partial<AnyWorkflow> = {}): AnyWorkflow {
  return defineWorkflow<Data>({
    name: 'single',
    version: 1,
    ticket: (data) => data.subject,
    deadlineMs: 60_000,
    steps: [{ name: 'only', ...step, run }],
    onFailed: never,
    ...more,
  });
}

describe.each(['redis', 'postgres'] as const)('workflows on %s', (backend) => {
  let pool: Pool;
  let queueUrl: string;
  let stops: (() => Promise<void>)[];

  beforeEach(async () => {
    const schema = `jobs_${++counter}`;
    queueUrl = backend === 'redis' ? redis.url : postgres.url;
    pool = createPool(postgres.url, { schema });
    await migrate(pool, { schema, directories: [jobsMigrations] });
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    await pool.end();
  });

  function relay(options: { republishMs?: number } = {}): void {
    const started = startOutboxRelay({ pool, queueUrl, logger: silent, pollMs: 300, ...options });
    stops.push(() => started.stop());
  }

  async function worker(workflows: AnyWorkflow[], options: Partial<WorkerOptions> = {}): Promise<() => Promise<void>> {
    const started = await startWorker({
      queueUrl,
      queueName: QUEUE,
      workflows,
      pool,
      logger: silent,
      leaseMs: 3000,
      ...options,
    });
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= started.stop());
    stops.push(stop);
    return stop;
  }

  async function enqueue(jobId: string, data: Data, more: Partial<OutboxEntry> = {}): Promise<boolean> {
    return await transaction(pool, (client) =>
      enqueueOutbox(client, { queue: QUEUE, name: 'single', jobId, data, ...more }),
    );
  }

  async function ended(jobId: string): Promise<RunStatus> {
    for (;;) {
      const status = await runStatus(pool, QUEUE, jobId);
      if (status?.finished === true) return status;
      await sleep(20);
    }
  }

  test('runs the steps in order, hands state on, under the correlation id', async () => {
    const seen: unknown[] = [];
    const steps = ['a', 'b', 'c'].map((name) => ({
      name,
      ...step,
      run: (context: StepContext<Data>) => {
        seen.push([name, { ...context.state }, currentCorrelationId()]);
        return Promise.resolve({ [name]: context.data.subject });
      },
    }));
    const metrics = new Metrics();
    relay();
    await worker([single(never, { steps })], { metrics });
    const id = newCorrelationId();
    expect(await enqueue('one', { subject: 's' }, { correlationId: id })).toBe(true);
    expect(await ended('one')).toMatchObject({ phase: 'done', errorCode: undefined });
    expect(seen).toEqual([
      ['a', {}, id],
      ['b', { a: 's' }, id],
      ['c', { a: 's', b: 's' }, id],
    ]);
    expect(await metrics.registry.metrics()).toContain('mallee_workflow_runs_total{workflow="single",phase="done"} 1');
  });

  test('an entry of a transaction that rolls back never runs; a repeated id runs once', async () => {
    const ran: string[] = [];
    await worker([single((context) => Promise.resolve(void ran.push(context.jobId)))]);
    relay();
    const rolledBack = transaction(pool, async (client) => {
      await enqueueOutbox(client, { queue: QUEUE, name: 'single', jobId: 'lost', data: { subject: 'x' } });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await enqueue('twice', { subject: 'x' })).toBe(true);
    expect(await enqueue('twice', { subject: 'x' })).toBe(false);
    await ended('twice');
    expect(await enqueue('twice', { subject: 'x' })).toBe(false);
    await enqueue('last', { subject: 'x' });
    await ended('last');
    expect(ran).toEqual(['twice', 'last']);
    expect(await enqueue('twice', { subject: 'x' }, { rerun: true })).toBe(true);
    await ended('twice');
    expect(ran).toEqual(['twice', 'last', 'twice']);
  });

  test('a transient failure is tried again, at most as often as the step says', async () => {
    const attempts: Record<string, number[]> = {};
    relay();
    await worker([
      single((context) => {
        const { jobId, data, attempt } = context;
        const tries = (attempts[jobId] ??= []);
        tries.push(attempt);
        if (tries.length <= (data.times ?? 0)) throw new MalleeError('Wire.PeerUnreachable', 'not now');
        return Promise.resolve();
      }),
    ]);
    await enqueue('good', { subject: 'a', times: 2 });
    await enqueue('bad', { subject: 'b', times: 9 });
    expect(await ended('good')).toMatchObject({ phase: 'done' });
    expect(await ended('bad')).toMatchObject({ phase: 'failed', errorCode: 'Wire.PeerUnreachable' });
    expect(attempts).toEqual({ good: [0, 1, 2], bad: [0, 1, 2] });
  });

  test('a permanent failure undoes the failed step and the finished ones, last first, then reports', async () => {
    const log: string[] = [];
    let reports = 0;
    const make = (name: string, fails: boolean): AnyWorkflow['steps'][number] => ({
      name,
      ...step,
      run: () => {
        log.push(name);
        return fails ? Promise.reject(new MalleeError('Cluster.NoCapacity', 'full')) : Promise.resolve({ [name]: 1 });
      },
      undo: (context: StepContext<Data>) => Promise.resolve(void log.push(`-${name} ${JSON.stringify(context.state)}`)),
    });
    relay();
    await worker([
      single(never, {
        steps: [make('a', false), make('b', true), make('c', false)],
        onFailed: (_context, error) => {
          log.push(`${error.code}: ${error.message}`);
          // The first report fails: it must be repeated.
          return ++reports === 1 ? Promise.reject(new Error('database away')) : Promise.resolve();
        },
      }),
    ]);
    await enqueue('one', { subject: 's' });
    expect(await ended('one')).toMatchObject({
      phase: 'failed',
      errorCode: 'Cluster.NoCapacity',
      errorMessage: 'full',
    });
    const report = 'Cluster.NoCapacity: full';
    expect(log).toEqual(['a', 'b', '-b {"a":1}', '-a {"a":1}', report, report]);
  });

  test('a step that takes too long is aborted and tried again', async () => {
    let tries = 0;
    const run = async ({ signal }: StepContext<Data>): Promise<void> => {
      if (++tries === 1) await sleep(60_000, undefined, { signal });
    };
    relay();
    await worker([single(never, { steps: [{ name: 'slow', ...step, timeoutMs: 200, run }] })]);
    await enqueue('one', { subject: 's' });
    expect(await ended('one')).toMatchObject({ phase: 'done' });
    expect(tries).toBe(2);
  });

  test('the deadline ends a workflow that keeps failing', async () => {
    const run = (): Promise<void> => Promise.reject(new MalleeError('Wire.PeerUnreachable', 'nobody there'));
    const reasons: string[] = [];
    relay();
    await worker([
      single(never, {
        deadlineMs: 1000,
        steps: [{ name: 'call', ...step, attempts: 1000, backoffMs: 50, run }],
        onFailed: (_context, error) => Promise.resolve(void reasons.push(error.message)),
      }),
    ]);
    await enqueue('one', { subject: 's' });
    expect(await ended('one')).toMatchObject({ phase: 'failed', errorCode: 'Workflow.DeadlineExceeded' });
    expect(reasons).toEqual([expect.stringContaining('at step call')]);
  });

  test('runs of one ticket are serialised in order, without blocking the worker', async () => {
    const log: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    relay();
    await worker(
      [
        single(async ({ jobId }) => {
          log.push(jobId);
          if (jobId === 'first') await gate;
          log.push(`/${jobId}`);
        }),
      ],
      { concurrency: 2 },
    );
    await enqueue('first', { subject: 'same' });
    while (!log.includes('first')) await sleep(10);
    for (const jobId of ['second', 'third', 'fourth']) await enqueue(jobId, { subject: 'same' });
    await enqueue('other', { subject: 'different' });
    await ended('other');
    expect(log).toEqual(['first', 'other', '/other']);
    release();
    await ended('fourth');
    expect(log.slice(3)).toEqual(['/first', 'second', '/second', 'third', '/third', 'fourth', '/fourth']);
  });

  test('a cancellation aborts the step under way, undoes it and frees the ticket', async () => {
    const log: string[] = [];
    relay();
    await worker([
      single(never, {
        steps: [
          {
            name: 'long',
            ...step,
            timeoutMs: 600_000,
            run: async ({ signal, jobId }: StepContext<Data>) => {
              log.push(jobId);
              if (jobId === 'launch') await sleep(600_000, undefined, { signal });
            },
            undo: ({ jobId }: StepContext<Data>) => Promise.resolve(void log.push(`-${jobId}`)),
          },
        ],
        deadlineMs: 600_000,
        onFailed: (_context, error) => Promise.resolve(void log.push(error.code)),
      }),
    ]);
    await enqueue('launch', { subject: 'i' });
    while (!log.includes('launch')) await sleep(10);
    await transaction(pool, async (client) => {
      await cancelRun(client, QUEUE, 'launch');
      await enqueueOutbox(client, { queue: QUEUE, name: 'single', jobId: 'terminate', data: { subject: 'i' } });
    });
    expect(await ended('terminate')).toMatchObject({ phase: 'done' });
    expect(log).toEqual(['launch', '-launch', 'Workflow.Cancelled', 'terminate']);
    expect(await cancelRun(pool, QUEUE, 'launch')).toBe(false);
  });

  test('a cancellation wakes a run that waits for its next attempt', async () => {
    const run = (): Promise<void> => Promise.reject(new MalleeError('Wire.PeerUnreachable', 'no'));
    relay();
    await worker([single(never, { steps: [{ name: 'call', ...step, attempts: 99, backoffMs: 55_000, run }] })]);
    await enqueue('one', { subject: 'i' });
    for (;;) {
      const { rows } = await pool.query('select 1 from workflow_run where not_before is not null');
      if (rows.length > 0) break;
      await sleep(20);
    }
    await cancelRun(pool, QUEUE, 'one');
    expect(await ended('one')).toMatchObject({ errorCode: 'Workflow.Cancelled' });
  });

  test('a queue that forgets its jobs loses no run', async () => {
    let ran = 0;
    const forgetful = startOutboxRelay({ pool, queueUrl, logger: silent });
    await enqueue('one', { subject: 's' });
    for (;;) {
      const { rows } = await pool.query('select 1 from workflow_run where published_at is not null');
      if (rows.length > 0) break;
      await sleep(20);
    }
    await forgetful.stop();
    if (backend === 'redis') await wipeRedis();
    else await pool.query(`delete from bullmq.job`);
    relay({ republishMs: 500 });
    await worker([single(() => Promise.resolve(void ran++))]);
    expect(await ended('one')).toMatchObject({ phase: 'done' });
    expect(ran).toBe(1);
  });

  test('a worker that stops gives its run back at a step boundary; another one goes on', async () => {
    const log: string[] = [];
    const steps = ['a', 'b'].map((name) => ({
      name,
      ...step,
      run: async () => {
        log.push(name);
        await sleep(300);
      },
    }));
    relay();
    const stop = await worker([single(never, { steps })]);
    await enqueue('one', { subject: 's' });
    while (log.length === 0) await sleep(10);
    await stop();
    expect(log).toEqual(['a']);
    await worker([single(never, { steps })]);
    expect(await ended('one')).toMatchObject({ phase: 'done' });
    expect(log).toEqual(['a', 'b']);
  });

  test('a worker that stops interrupts a step that outlasts the grace, and it is not a failure', async () => {
    let tries = 0;
    const run = async ({ signal }: StepContext<Data>): Promise<void> => {
      if (++tries === 1) await sleep(60_000, undefined, { signal });
    };
    const workflow = single(never, { steps: [{ name: 'long', ...step, timeoutMs: 60_000, attempts: 1, run }] });
    relay();
    const stop = await worker([workflow], { graceMs: 100 });
    await enqueue('one', { subject: 's' });
    while (tries === 0) await sleep(10);
    await stop();
    await worker([workflow]);
    expect(await ended('one')).toMatchObject({ phase: 'done' });
  });

  async function wipeRedis(): Promise<void> {
    const { Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
  }
});
