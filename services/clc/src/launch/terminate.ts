import type { Queryable } from '@mallee/database';
import { cancelRun, enqueueOutbox } from '@mallee/jobs';
import type { Timings } from '../config.js';
import { lifecycleQueue } from '../jobs.js';
import type { InstanceState } from '../resources/instances.js';

export interface StateChange {
  readonly instanceId: string;
  readonly before: InstanceState;
  readonly now: InstanceState;
}

/**
 * Marks an instance as to be terminated and asks the lifecycle to do it; one that is ending already stays as it is.
 * Run it inside a transaction.
 */
export async function terminateInstance(
  client: Queryable,
  instanceId: string,
  correlationId: string,
  timings: Pick<Timings, 'shuttingDownDeadlineMs'>,
): Promise<StateChange> {
  const { rows } = await client.query<{ state: InstanceState }>(
    'select state from instance where instance_id = $1 for update',
    [instanceId],
  );
  const before = rows[0]!.state;
  if (before === 'shutting-down' || before === 'terminated') return { instanceId, before, now: before };
  await client.query(
    `update instance set desired = 'terminated', state = 'shutting-down', changed_at = now(),
       reason_code = 'Client.UserInitiatedShutdown', reason_message = 'User initiated shutdown',
       deadline_at = now() + $2 * interval '1 ms'
     where instance_id = $1`,
    [instanceId, timings.shuttingDownDeadlineMs],
  );
  await client.query(
    `insert into instance_event (instance_id, from_state, to_state, reason_code, message, correlation_id)
     values ($1, $2, 'shutting-down', 'Client.UserInitiatedShutdown', 'User initiated shutdown', $3)`,
    [instanceId, before, correlationId],
  );
  // A launch that still tries to reach its cluster must not hold the ticket of the instance until its deadline.
  await cancelRun(client, lifecycleQueue, `run-instance-${instanceId}`);
  await enqueueOutbox(client, {
    queue: lifecycleQueue,
    name: 'terminate-instance',
    data: { instanceId },
    jobId: `terminate-instance-${instanceId}`,
    correlationId,
    rerun: true,
  });
  return { instanceId, before, now: 'shutting-down' };
}
