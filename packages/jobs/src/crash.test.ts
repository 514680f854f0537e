import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@mallee/daemon';
import { createPool, migrate } from '@mallee/database';
import { endOf, startTestPostgres, startTestRedis, startTypeScript, type TestService } from '@mallee/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { crashWorkflow } from '../test-support/crash-workflow.js';
import { enqueueOutbox, jobsMigrations, runStatus, startOutboxRelay, startWorker } from './index.js';

const logger = createLogger({ name: 'test', level: 'silent' });
const child = fileURLToPath(new URL('../test-support/crashing-worker.ts', import.meta.url));
let postgres: TestService;
let redis: TestService;
let counter = 0;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
}, 60_000);

const points = ['published', 'before a', 'after a', 'before b', 'after b', 'before c', 'after c', 'finished'];
const failing = ['after c', 'undo c', 'undo b', 'undo a', 'report', 'finished'];
const cases = [...points.map((at) => [at, false] as const), ...failing.map((at) => [at, true] as const)];

describe.each(['redis', 'postgres'] as const)('a worker killed with SIGKILL, queue on %s', (backend) => {
  test.each(cases)(
    'at "%s" (workflow fails: %s): the run ends once, every effect once',
    async (killAt, fails) => {
      const schema = `crash_${++counter}`;
      const queueUrl = backend === 'redis' ? redis.url : postgres.url;
      const pool = createPool(postgres.url, { schema });
      await migrate(pool, { schema, directories: [jobsMigrations] });
      await pool.query(
        `create table effect (job text, step text, at timestamptz default clock_timestamp(), primary key (job, step))`,
      );
      await pool.query('create table report (job text primary key, code text); create table overlap (job text)');
      const data = { crashAt: killAt, fails };
      await enqueueOutbox(pool, { queue: 'crash', name: 'crash', jobId: 'one', data });

      const first = await endOf(startTypeScript(child, [postgres.url, queueUrl, schema, killAt]));
      expect(first).toMatchObject({ signal: 'SIGKILL' });

      const address = { queueUrl, prefix: schema };
      const entered: string[] = [];
      const workflows = [crashWorkflow(pool, (point) => entered.push(point))];
      const relay = startOutboxRelay({ ...address, pool, logger, pollMs: 300 });
      const worker = await startWorker({ ...address, queueName: 'crash', workflows, pool, logger, leaseMs: 1500 });
      let status = await runStatus(pool, 'crash', 'one');
      for (; status?.finished !== true; status = await runStatus(pool, 'crash', 'one')) await sleep(50);
      // The queue still holds the job of a finished run in the last case: it must come to nothing.
      if (killAt === 'finished') await sleep(4000);
      await worker.stop();
      await relay.stop();

      expect(status.phase).toBe(fails ? 'failed' : 'done');
      const { rows } = await pool.query('select step from effect order by at');
      expect(rows.map((row) => row.step)).toEqual(fails ? [] : ['a', 'b', 'c']);
      const reports = await pool.query('select code from report');
      expect(reports.rows).toEqual(fails ? [{ code: 'Cluster.NoCapacity' }] : []);
      expect((await pool.query('select * from overlap')).rows).toEqual([]);
      expect(entered[0]).toBe(resumesAt(killAt));
      await pool.end();
    },
    60_000,
  );
});

/** The first thing the second worker does: the step that was not recorded as finished, nothing before it. */
function resumesAt(killAt: string): string | undefined {
  if (killAt === 'published') return 'before a';
  if (killAt === 'finished') return undefined;
  return killAt.replace('after', 'before');
}
