import { transaction, type Pool, type PoolClient, type Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { enqueueOutbox } from '@mallee/jobs';
import type { Quotas, Timings } from '../config.js';
import type { Caller } from '../identity/caller.js';
import { instanceMac, resourceId } from '../identity/ids.js';
import { lifecycleQueue } from '../jobs.js';
import { putTags } from '../resources/tags.js';
import { chooseZone, roomFor } from './capacity.js';
import { requestDigest, type LaunchPlan, type LaunchRequest } from './plan.js';

export interface LaunchOptions {
  readonly caller: Caller;
  readonly correlationId: string;
  readonly clientToken: string | undefined;
  readonly quotas: Quotas;
  readonly timings: Timings;
}

/**
 * The one transaction of RunInstances: quota, capacity, reservation, instances, tags, events and the outbox rows that
 * make the lifecycle start them. Nothing is left behind when any of it fails.
 * @returns the reservation id; that of the earlier request when the ClientToken was used before with the same parameters
 * @throws IdempotentParameterMismatch, InstanceLimitExceeded, InsufficientInstanceCapacity, InvalidGroup.NotFound
 */
export async function storeLaunch(pool: Pool, plan: LaunchPlan, options: LaunchOptions): Promise<string> {
  return transaction(pool, async (client) => {
    // One launch decides at a time: quota, capacity and token are read and used up under this lock.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('clc launch', 0))`);
    const earlier = await earlierReservation(client, plan.request, options);
    if (earlier !== undefined) return earlier;
    await lockGroups(client, plan);
    const max = Math.min(plan.request.MaxCount, await quotaLeft(client, plan, options));
    const rooms = await roomFor(client, plan.request.InstanceType);
    const limits = { min: plan.request.MinCount, max };
    const { zone, count } = chooseZone(rooms, plan.request.zone, plan.request.InstanceType, limits);
    const reservationId = await insertReservation(client, plan, options);
    for (let index = 0; index < count; index++) {
      await insertInstance(client, plan, options, { reservationId, zone, index });
    }
    return reservationId;
  });
}

/**
 * The reservation that an earlier request with this ClientToken made.
 * @throws IdempotentParameterMismatch when that request had other parameters
 */
export async function earlierReservation(
  database: Queryable,
  request: LaunchRequest,
  { caller, clientToken }: Pick<LaunchOptions, 'caller' | 'clientToken'>,
): Promise<string | undefined> {
  if (clientToken === undefined) return undefined;
  const { rows } = await database.query<{ reservation_id: string; request_digest: string | null }>(
    'select reservation_id, request_digest from reservation where account_id = $1 and client_token = $2',
    [caller.accountId, clientToken],
  );
  const row = rows[0];
  if (!row) return undefined;
  if (row.request_digest === requestDigest(request)) return row.reservation_id;
  throw new MalleeError(
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );
}

/** Keeps the groups from being deleted before the instances that use them are there. */
async function lockGroups(client: PoolClient, plan: LaunchPlan): Promise<void> {
  const ids = plan.groups.map((group) => group.group_id);
  const { rowCount } = await client.query('select 1 from security_group where group_id = any($1) for share', [ids]);
  if (rowCount !== ids.length) throw new MalleeError('InvalidGroup.NotFound', 'A security group has just been deleted');
}

async function quotaLeft(client: PoolClient, plan: LaunchPlan, { caller, quotas }: LaunchOptions): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from instance where account_id = $1 and state <> 'terminated'`,
    [caller.accountId],
  );
  const used = rows[0]?.count ?? 0;
  const left = quotas.instances - used;
  if (left >= plan.request.MinCount) return left;
  throw new MalleeError(
    'InstanceLimitExceeded',
    `You have requested more instances (${used + plan.request.MinCount}) than your current instance limit of ` +
      `${quotas.instances} allows.`,
  );
}

async function insertReservation(client: PoolClient, plan: LaunchPlan, options: LaunchOptions): Promise<string> {
  for (;;) {
    const id = resourceId('r');
    const { rowCount } = await client.query(
      `insert into reservation (reservation_id, account_id, user_id, client_token, request_digest)
       values ($1, $2, $3, $4, $5) on conflict (reservation_id) do nothing`,
      [
        id,
        options.caller.accountId,
        options.caller.userId,
        options.clientToken ?? null,
        options.clientToken === undefined ? null : requestDigest(plan.request),
      ],
    );
    if (rowCount === 1) return id;
  }
}

interface Place {
  readonly reservationId: string;
  readonly zone: string;
  readonly index: number;
}

async function insertInstance(
  client: PoolClient,
  plan: LaunchPlan,
  options: LaunchOptions,
  place: Place,
): Promise<void> {
  let instanceId = resourceId('i');
  while (!(await tryInsert(client, plan, options, place, instanceId))) instanceId = resourceId('i');
  await client.query(
    `insert into instance_event (instance_id, from_state, to_state, message, correlation_id)
     values ($1, null, 'pending', 'requested', $2)`,
    [instanceId, options.correlationId],
  );
  await putTags(client, options.caller.accountId, 'instance', instanceId, plan.request.tags);
  await enqueueOutbox(client, {
    queue: lifecycleQueue,
    name: 'run-instance',
    data: { instanceId },
    jobId: `run-instance-${instanceId}`,
    correlationId: options.correlationId,
  });
}

async function tryInsert(
  client: PoolClient,
  plan: LaunchPlan,
  options: LaunchOptions,
  place: Place,
  instanceId: string,
): Promise<boolean> {
  const { images, request } = plan;
  const { rowCount } = await client.query(
    `insert into instance (instance_id, reservation_id, account_id, user_id, launch_index, zone, image_id, kernel_id,
       ramdisk_id, instance_type, key_name, public_key, user_data, group_ids, mac, correlation_id, deadline_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, now() + $17 * interval '1 ms')
     on conflict (instance_id) do nothing`,
    [
      instanceId,
      place.reservationId,
      options.caller.accountId,
      options.caller.userId,
      place.index,
      place.zone,
      images.machine.image_id,
      images.kernel?.image_id ?? null,
      images.ramdisk?.image_id ?? null,
      request.InstanceType,
      plan.keyName,
      plan.publicKey,
      plan.userData,
      plan.groups.map((group) => group.group_id),
      instanceMac(instanceId),
      options.correlationId,
      options.timings.pendingDeadlineMs,
    ],
  );
  return rowCount === 1;
}
