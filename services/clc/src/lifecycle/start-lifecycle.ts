import type { Logger, Metrics } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import { startOutboxRelay, startWorker } from '@mallee/jobs';
import type { ComponentClients } from '../components/clients.js';
import { listComponents } from '../components/registry.js';
import { lifecycleQueue } from '../jobs.js';
import { ComponentPolls } from './component-polls.js';
import type { LifecycleConfig, LifecycleContext } from './context.js';
import { createVolume } from './create-volume.js';
import { deleteVolume } from './delete-volume.js';
import { PollLoop } from './poll-loop.js';
import { runInstance } from './run-instance.js';
import { terminateInstanceWorkflow } from './terminate-instance.js';

export interface LifecycleOptions {
  /** Schema with the migrations of the CLC and of @mallee/jobs. */
  readonly pool: Pool;
  readonly config: LifecycleConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clients: ComponentClients;
  /** For tests: how long a killed worker's runs rest; default 10 s. */
  readonly leaseMs?: number;
}

export interface Lifecycle {
  /** Something changed in a zone (the `Hint` message of its cluster): look now. Unknown zones are ignored. */
  hint(zone: string, ids: readonly string[]): void;
  stop(): Promise<void>;
}

/** Runs the lifecycle of instances and volumes: the outbox, the workflows, and a poll of every registered component. */
export async function startLifecycle(options: LifecycleOptions): Promise<Lifecycle> {
  const { pool, config, logger, metrics, clients } = options;
  const polls = new ComponentPolls(logger, config.timings);
  const context: LifecycleContext = { pool, config, logger, metrics, clients, hint: (zone) => polls.hint(zone) };
  const { queueUrl, timings } = config;
  const worker = await startWorker({
    queueUrl,
    queueName: lifecycleQueue,
    workflows: [runInstance(context), terminateInstanceWorkflow(context), createVolume(context), deleteVolume(context)],
    pool,
    logger,
    metrics,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  });
  const relay = startOutboxRelay({ queueUrl, pool, logger, pollMs: timings.outboxPollMs });
  const registry = new PollLoop({
    name: 'registry',
    logger,
    quietMs: timings.reconcileMs,
    busyMs: timings.reconcileMs,
    poll: async () => {
      await polls.follow(context, await listComponents(pool));
      return false;
    },
  });
  return {
    hint: (zone) => {
      if (!polls.hint(zone)) registry.hint();
    },
    stop: async () => {
      await registry.stop();
      await Promise.all([polls.stop(), worker.stop()]);
      await relay.stop();
    },
  };
}
