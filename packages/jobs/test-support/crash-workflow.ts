import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import type { Pool } from '@mallee/database';
import { defineWorkflow, type AnyWorkflow, type Step, type StepContext } from '../src/index.js';

export interface CrashData {
  /** Where a crashing worker kills itself: `before a`, `after a`, `undo a`, `report`, `finished`. */
  readonly crashAt: string;
  readonly fails: boolean;
}

/**
 * Steps a, b, c. Each adds itself to `effect` once and takes itself away in undo; `overlap` counts steps that began while
 * another worker was inside a step of the same run.
 */
export function crashWorkflow(pool: Pool, crash: (point: string, data: CrashData) => void): AnyWorkflow {
  const alone = async (jobId: string, work: () => Promise<void>): Promise<void> => {
    const client = await pool.connect();
    try {
      const { rows } = await client.query('select pg_try_advisory_lock(hashtext($1)) as free', [jobId]);
      if (rows[0]?.free !== true) await pool.query('insert into overlap values ($1)', [jobId]);
      await work();
      await client.query('select pg_advisory_unlock(hashtext($1))', [jobId]);
    } finally {
      client.release();
    }
  };
  const step = (name: string): Step<CrashData> => ({
    name,
    timeoutMs: 20_000,
    attempts: 3,
    backoffMs: 50,
    run: ({ jobId, data }: StepContext<CrashData>) =>
      alone(jobId, async () => {
        crash(`before ${name}`, data);
        await pool.query('insert into effect values ($1, $2) on conflict do nothing', [jobId, name]);
        await sleep(10);
        crash(`after ${name}`, data);
        if (name === 'c' && data.fails) throw new MalleeError('Cluster.NoCapacity', 'full');
      }),
    undo: ({ jobId, data }: StepContext<CrashData>) =>
      alone(jobId, async () => {
        await pool.query('delete from effect where job = $1 and step = $2', [jobId, name]);
        crash(`undo ${name}`, data);
      }),
  });
  return defineWorkflow<CrashData>({
    name: 'crash',
    version: 1,
    ticket: () => 'one',
    deadlineMs: 120_000,
    steps: ['a', 'b', 'c'].map(step),
    onFailed: async ({ jobId, data }, error) => {
      await pool.query('insert into report values ($1, $2) on conflict do nothing', [jobId, error.code]);
      crash('report', data);
    },
  });
}
