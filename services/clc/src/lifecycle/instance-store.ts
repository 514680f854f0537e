import { transaction, type Pool, type Queryable } from '@mallee/database';
import { enqueueOutbox } from '@mallee/jobs';
import { lifecycleQueue } from '../jobs.js';
import type { Decision, InstanceState, KnownInstance } from './instance-transition.js';

/** A known instance with what the poll needs besides the transition. */
export interface WatchedInstance extends KnownInstance {
  readonly correlationId: string;
  readonly changedAt: Date;
  /** When the cluster had the instance for sure; undefined while its launch has not been answered. */
  readonly acceptedAt: Date | undefined;
  readonly lastSeenAt: Date | undefined;
  /** The launch workflow has not ended. */
  readonly launching: boolean;
}

interface WatchedRow {
  instance_id: string;
  state: InstanceState;
  desired: 'running' | 'terminated';
  private_ip: string | null;
  public_ip: string | null;
  node: string | null;
  deadline_at: Date | null;
  correlation_id: string;
  changed_at: Date;
  last_seen_at: Date | null;
  launch_phase: string | null;
  launch_finished_at: Date | null;
}

/** The instances of a zone that are not over, and those of `reported` that are. */
export async function loadWatched(
  pool: Queryable,
  zone: string,
  reported: readonly string[],
): Promise<WatchedInstance[]> {
  const { rows } = await pool.query<WatchedRow>(
    `select i.instance_id, i.state, i.desired, i.private_ip, i.public_ip, i.node, i.deadline_at, i.correlation_id,
            i.changed_at, i.last_seen_at, w.phase as launch_phase, w.finished_at as launch_finished_at
       from instance i
       left join workflow_run w on w.queue = $3 and w.job_id = 'run-instance-' || i.instance_id
      where (i.zone = $1 and i.state <> 'terminated') or i.instance_id = any($2)
      order by i.instance_id`,
    [zone, reported, lifecycleQueue],
  );
  return rows.map((row) => ({
    instanceId: row.instance_id,
    state: row.state,
    desired: row.desired,
    privateIp: row.private_ip ?? undefined,
    publicIp: row.public_ip ?? undefined,
    node: row.node ?? undefined,
    deadlineAt: row.deadline_at ?? undefined,
    correlationId: row.correlation_id,
    changedAt: row.changed_at,
    lastSeenAt: row.last_seen_at ?? undefined,
    acceptedAt: row.last_seen_at ?? (row.launch_phase === 'done' ? (row.launch_finished_at ?? undefined) : undefined),
    launching: row.launch_phase !== null && row.launch_finished_at === null,
  }));
}

/**
 * Writes a decision, if the instance is still in the state it was made for: the change of state with its event, and the
 * request to terminate, in one transaction. Returns whether anything was written.
 */
export async function applyDecision(
  pool: Pool,
  instance: Pick<WatchedInstance, 'instanceId' | 'state' | 'correlationId'>,
  decision: Decision,
): Promise<boolean> {
  return await transaction(pool, async (client) => {
    const changed = decision.state !== instance.state;
    const { rowCount } = await client.query(
      `update instance set state = $3::text, reason_code = coalesce($4, reason_code), reason_message = coalesce($5, reason_message),
              private_ip = coalesce($6, private_ip), public_ip = coalesce($7, public_ip), node = coalesce($8, node),
              changed_at = case when $9 then now() else changed_at end,
              running_at = case when $9 and $3::text = 'running' then now() else running_at end,
              terminated_at = case when $9 and $3::text = 'terminated' then now() else terminated_at end,
              desired = case when $3::text = 'terminated' then 'terminated' else desired end,
              deadline_at = case when $9 then null else deadline_at end
        where instance_id = $1 and state = $2`,
      [
        instance.instanceId,
        instance.state,
        decision.state,
        decision.reason?.code ?? null,
        decision.reason?.message ?? null,
        decision.privateIp ?? null,
        decision.publicIp ?? null,
        decision.node ?? null,
        changed,
      ],
    );
    if (rowCount === 0) return false;
    if (changed) await writeEvent(client, instance, decision);
    if (decision.terminate === true) await askToTerminate(client, instance);
    return true;
  });
}

async function writeEvent(
  client: Queryable,
  instance: Pick<WatchedInstance, 'instanceId' | 'state' | 'correlationId'>,
  decision: Decision,
): Promise<void> {
  await client.query(
    `insert into instance_event (instance_id, from_state, to_state, reason_code, message, correlation_id)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      instance.instanceId,
      instance.state,
      decision.state,
      decision.reason?.code ?? null,
      decision.reason?.message ?? null,
      instance.correlationId,
    ],
  );
}

/** Asks the cluster (again) to end an instance; a request that is under way is left alone. */
async function askToTerminate(
  client: Queryable,
  instance: Pick<WatchedInstance, 'instanceId' | 'correlationId'>,
): Promise<void> {
  await enqueueOutbox(client, {
    queue: lifecycleQueue,
    name: 'terminate-instance',
    data: { instanceId: instance.instanceId },
    jobId: `terminate-instance-${instance.instanceId}`,
    correlationId: instance.correlationId,
    rerun: true,
  });
}

/** Notes that the cluster lists the instances; written at most twice a minute for each. */
export async function markSeen(pool: Queryable, instanceIds: readonly string[], at: Date): Promise<void> {
  if (instanceIds.length === 0) return;
  await pool.query(
    `update instance set last_seen_at = $2
      where instance_id = any($1) and (last_seen_at is null or last_seen_at < $2::timestamptz - interval '30 seconds')`,
    [instanceIds, at],
  );
}
