// Works on the queue until it reaches the point at which the job tells it to die (SIGKILL, as a power cut).
import { createLogger, type Metrics } from '@mallee/daemon';
import { createPool } from '@mallee/database';
import { startOutboxRelay, startWorker } from '../src/index.js';
import { crashWorkflow } from './crash-workflow.js';

const [databaseUrl = '', queueUrl = '', schema = '', killAt = ''] = process.argv.slice(2);
const die = (): void => void process.kill(process.pid, 'SIGKILL');
const crash = (point: string): void => {
  if (point === killAt) die();
};
const pool = createPool(databaseUrl, { schema });
const logger = createLogger({ name: 'crashing-worker', level: 'warn' });
const address = { queueUrl, prefix: schema };

if (killAt === 'published') {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  const wrapped = (...args: unknown[]): unknown => {
    if (String(args[0]).startsWith('update workflow_run set published_at')) die();
    return query(...args);
  };
  Object.defineProperty(pool, 'query', { value: wrapped });
}
// Counting the finished run is the last thing before the job leaves the queue.
const metrics = {
  counter: () => ({ inc: () => crash('finished') }),
  histogram: () => ({ observe: () => undefined }),
} as unknown as Metrics;

startOutboxRelay({ ...address, pool, logger, pollMs: 300 });
if (killAt !== 'published') {
  const workflows = [crashWorkflow(pool, (point) => crash(point))];
  await startWorker({ ...address, queueName: 'crash', workflows, pool, logger, metrics, leaseMs: 1500 });
}
