import { transaction, type Queryable } from '@mallee/database';
import { defineWorkflow, enqueueOutbox, type Workflow } from '@mallee/jobs';
import type { MalleeError } from '@mallee/errors';
import type { Cluster } from '../cluster.js';
import { queueName } from '../config.js';
import { lockInstance } from '../store/instances.js';
import { endInstance } from './end-instance.js';
import { placeInstance } from './place-instance.js';
import { terminateInstance } from './terminate-instance.js';

export interface InstanceJob {
  readonly instanceId: string;
}

/** A step may end a little after the launch window, so that the window itself decides. */
const GRACE_MS = 60_000;
const DAY_MS = 24 * 3600 * 1000;

/** Launch: the guest's address is served before any node may start it; then nodes are tried until one takes it. */
export function launchWorkflow(cluster: Cluster): Workflow<InstanceJob> {
  const windowMs = cluster.config().timings.launchWindowSeconds * 1000;
  return defineWorkflow<InstanceJob>({
    name: 'launch-instance',
    version: 1,
    ticket: ({ instanceId }) => `instance ${instanceId}`,
    deadlineMs: 2 * windowMs + 2 * GRACE_MS,
    steps: [
      {
        name: 'startNetwork',
        timeoutMs: 60_000,
        attempts: 4,
        backoffMs: 500,
        retryable: () => true,
        run: () => cluster.network.apply(),
      },
      {
        name: 'runInstance',
        timeoutMs: windowMs + GRACE_MS,
        attempts: 1000,
        backoffMs: 500,
        retryable: (error) => error.code !== 'Cluster.LaunchTimeout' && error.code !== 'Cluster.NodeUnreachable',
        run: async ({ data, signal }) => {
          await placeInstance(cluster, data.instanceId, signal);
        },
      },
    ],
    onFailed: ({ data }, error) => failLaunch(cluster, data.instanceId, error),
  });
}

/** Ends a launch that did not work, with its reason, at once. */
async function failLaunch(cluster: Cluster, id: string, error: MalleeError): Promise<void> {
  const failed = await transaction(cluster.pool, async (client) => {
    const instance = await lockInstance(client, id);
    if (instance?.state !== 'Pending' || instance.nodeCall === 'accepted') return false;
    const address = instance.nodeCall === 'started' ? 'release-later' : 'free';
    await endInstance(client, id, { code: error.code, message: error.message }, address);
    return true;
  });
  if (!failed) return;
  cluster.logger.error({ instanceId: id, code: error.code, reason: error.message }, 'the launch failed');
  cluster.cloud.send(id);
}

export function terminateWorkflow(cluster: Cluster): Workflow<InstanceJob> {
  return defineWorkflow<InstanceJob>({
    name: 'terminate-instance',
    version: 1,
    ticket: ({ instanceId }) => `instance ${instanceId}`,
    deadlineMs: DAY_MS,
    steps: [
      {
        name: 'terminate',
        timeoutMs: 60_000,
        attempts: 10_000,
        backoffMs: 500,
        retryable: () => true,
        run: ({ data, signal }) => terminateInstance(cluster, data.instanceId, signal),
      },
    ],
    // The order stays in the table: the poller repeats it whenever the node shows the instance.
    onFailed: ({ data }, error) => {
      cluster.logger.error(
        { instanceId: data.instanceId, reason: error.message },
        'no node took the order to terminate',
      );
      return Promise.resolve();
    },
  });
}

/** Asks for the launch, in the transaction that makes the instance. */
export async function enqueueLaunch(
  db: Queryable,
  cluster: string,
  instanceId: string,
  correlationId: string | undefined,
): Promise<void> {
  const jobId = `launch-${instanceId}`;
  const data: InstanceJob = { instanceId };
  await enqueueOutbox(db, {
    queue: queueName(cluster),
    name: 'launch-instance',
    data,
    jobId,
    correlationId,
    rerun: true,
  });
}

export async function enqueueTerminate(
  db: Queryable,
  cluster: string,
  instanceId: string,
  correlationId: string | undefined,
): Promise<void> {
  const jobId = `terminate-${instanceId}`;
  const data: InstanceJob = { instanceId };
  await enqueueOutbox(db, {
    queue: queueName(cluster),
    name: 'terminate-instance',
    data,
    jobId,
    correlationId,
    rerun: true,
  });
}
