import { MalleeError } from '@mallee/errors';
import { defineWorkflow, type AnyWorkflow, type StepContext } from '@mallee/jobs';
import type { LifecycleContext } from './context.js';
import { callError, mayPass } from './reasons.js';
import { instanceTicket, type InstanceJob } from './run-instance.js';

/**
 * Tells the cluster to end an instance, in whatever state the instance is here: the poll also asks for it when a cluster
 * reports what should be gone. That it has ended is found by the poll.
 */
export function terminateInstanceWorkflow(context: LifecycleContext): AnyWorkflow {
  const { timings } = context.config;
  return defineWorkflow<InstanceJob>({
    name: 'terminate-instance',
    version: 1,
    ticket: instanceTicket,
    deadlineMs: timings.shuttingDownDeadlineMs,
    steps: [
      {
        name: 'tell the cluster',
        timeoutMs: timings.componentTimeoutMs + 5000,
        attempts: 1000, // bounded by the deadline
        backoffMs: 250,
        maxBackoffMs: 5000,
        retryable: mayPass,
        run: (step) => tellCluster(context, step),
      },
    ],
    // The poll ends the instance at its deadline, and asks again as long as the cluster reports it.
    onFailed: ({ data, logger }, error) => {
      logger.error({ err: error, instanceId: data.instanceId }, 'the cluster could not be told to end an instance');
      return Promise.resolve();
    },
  });
}

async function tellCluster(context: LifecycleContext, { data, signal }: StepContext<InstanceJob>): Promise<void> {
  const sql = 'select zone, user_id from instance where instance_id = $1';
  const { rows } = await context.pool.query<{ zone: string; user_id: string }>(sql, [data.instanceId]);
  const row = rows[0];
  if (row === undefined) throw new MalleeError('InvalidInstanceID.NotFound', `there is no instance ${data.instanceId}`);
  const tried = `terminate ${data.instanceId} in cluster ${row.zone}`;
  try {
    const { cluster } = await context.clients.cluster(row.zone);
    const options = { timeoutMs: context.config.timings.componentTimeoutMs, signal };
    await cluster.terminateInstances(row.user_id, [data.instanceId], options);
    context.hint(row.zone);
  } catch (error) {
    const failure = callError(error, tried);
    // Nothing to end.
    if (failure.code === 'Cluster.UnknownInstance' || failure.code === 'Node.UnknownInstance') return;
    throw failure;
  }
}
