import { transaction, type PoolClient } from '@mallee/database';
import { isErrorCode, toMalleeError } from '@mallee/errors';
import type { Cluster } from '../cluster.js';
import type { InstanceDetails, Sighting } from '../nodes/node-port.js';
import { endInstance, type EndReason } from '../launch/end-instance.js';
import { terminateStray } from '../launch/terminate-instance.js';
import { instancesForPoll, stampInstance, updateInstance } from '../store/instances.js';
import { recordNodeDown, recordNodeUp, type NodeReport } from '../store/nodes.js';
import { dropReservation, freeAddress, setAddressState } from '../store/placement.js';
import { adoptInstance } from './adopt.js';
import { mergePoll, type Change } from './merge.js';

type Details = ReadonlyMap<string, InstanceDetails>;

/** Polls one node and records what it says. Returns false when it did not answer; an aborted poll records nothing. */
export async function pollNode(cluster: Cluster, url: string, signal: AbortSignal): Promise<boolean> {
  const startedAt = await databaseTime(cluster);
  let instances: readonly Sighting[];
  let report: NodeReport;
  try {
    // Instances first: what is listed is then surely in the numbers, so its reservation may go.
    const node = cluster.nodes.get(url);
    instances = await node.describeInstances(signal);
    report = await node.describeResource(signal);
  } catch (error) {
    if (signal.aborted) return false;
    const { code, message } = toMalleeError(error);
    cluster.logger.debug({ node: url, code, reason: message }, 'the node does not answer');
    if (await recordNodeDown(cluster.pool, url, code, message)) {
      cluster.logger.warn({ node: url, code, reason: message }, 'the node is down; its instances are left as they are');
      cluster.cloud.send();
    }
    return false;
  }
  const details = await describeDetails(cluster, url, instances, signal);
  if (signal.aborted) return false;
  const configured = new Set(cluster.config().nodes.map((node) => node.url));
  const minAbsenceMs = cluster.config().timings.pollSeconds * 900;
  const poll = { nodeUrl: url, startedAt, sightings: instances, configured, minAbsenceMs };
  const changes = await transaction(cluster.pool, async (client) => {
    const wasDown = await recordNodeUp(client, url, report);
    if (wasDown) cluster.cloud.send();
    const listed = instances.map((instance) => instance.instanceId);
    const merged = mergePoll(await instancesForPoll(client, url, listed), poll);
    for (const change of merged) await applyChange(client, cluster, url, change, details);
    return merged;
  });
  await follow(cluster, url, changes);
  return true;
}

async function databaseTime(cluster: Cluster): Promise<Date> {
  const { rows } = await cluster.pool.query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]?.now ?? new Date(0);
}

/** Asks for the reasons of instances that have ended since the last poll. Peers without the extension have none. */
async function describeDetails(
  cluster: Cluster,
  url: string,
  instances: readonly Sighting[],
  signal: AbortSignal,
): Promise<Details> {
  const ended = instances.filter((one) => one.stateName === 'Teardown').map((one) => one.instanceId);
  if (ended.length === 0) return new Map();
  const news = await cluster.pool.query<{ id: string }>(
    `select id from instance where id = any($1) and node_url = $2 and state <> 'Teardown'`,
    [ended, url],
  );
  if (news.rows.length === 0) return new Map();
  try {
    const ids = news.rows.map((row) => row.id);
    const details = (await cluster.nodes.get(url).describeDetails(ids, signal)) ?? [];
    return new Map(details.map((detail) => [detail.instanceId, detail]));
  } catch (error) {
    cluster.logger.debug({ node: url, reason: toMalleeError(error).message }, 'the node gives no details');
    return new Map();
  }
}

async function applyChange(
  db: PoolClient,
  cluster: Cluster,
  url: string,
  change: Change,
  details: Details,
): Promise<void> {
  switch (change.kind) {
    case 'update':
      if (change.accepted) await stampInstance(db, change.id, 'accepted_at');
      await updateInstance(db, change.id, { ...change.values, nodeUrl: url, nodeCall: 'accepted' });
      await setAddressState(db, change.id, 'active');
      return dropReservation(db, change.id);
    case 'ended':
      return endInstance(db, change.id, reasonOf(details.get(change.id)), 'free');
    case 'gone':
      return endInstance(db, change.id, null, 'free');
    case 'lost': {
      const message = `${url} no longer reports the instance`;
      return endInstance(db, change.id, { code: 'Cluster.InstanceLost', message }, 'free');
    }
    case 'release':
      return freeAddress(db, change.id);
    case 'absent':
      return updateInstance(db, change.id, change.values);
    case 'adopt':
      return adoptInstance(db, cluster, url, change.sighting);
    case 'terminate':
      return stampInstance(db, change.id, 'terminate_sent_at');
  }
}

/** A code that is not in our catalogue comes from a stranger: its text is kept, under a code of ours. */
function reasonOf(detail: InstanceDetails | undefined): EndReason | null {
  if (detail?.reasonCode === undefined || detail.reasonCode === '') return null;
  const message = detail.reasonMessage ?? '';
  if (isErrorCode(detail.reasonCode)) return { code: detail.reasonCode, message };
  return { code: 'InternalError', message: `${detail.reasonCode}: ${message}` };
}

/** What has to happen after the commit: hints, orders to the node. */
async function follow(cluster: Cluster, url: string, changes: readonly Change[]): Promise<void> {
  for (const change of changes) {
    if (change.kind === 'terminate') await terminateStray(cluster, url, change.id, change.userId);
    else if (change.kind === 'adopt') cluster.cloud.send(change.sighting.instanceId);
    else if (change.kind === 'update' && (change.accepted || change.values.state !== undefined))
      cluster.cloud.send(change.id);
    else if (change.kind === 'ended' || change.kind === 'lost' || change.kind === 'gone') {
      cluster.logger.info({ instanceId: change.id, node: url, end: change.kind }, 'an instance ended');
      cluster.cloud.send(change.id);
    }
  }
}
