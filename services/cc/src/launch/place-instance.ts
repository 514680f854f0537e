import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { Cluster } from '../cluster.js';
import type { InstanceRecord } from '../store/instance-record.js';
import { findInstance, markStarted, stampInstance, updateInstance } from '../store/instances.js';
import { setAddressState } from '../store/placement.js';
import { askNode, settle } from './ask-node.js';
import { chooseNode } from './choose-node.js';

/** How the placement ended: a node has it, or it is not wanted any more. */
export type Placement = 'accepted' | 'not-wanted';

const PAUSE_MS = 1000;

/**
 * Goes from node to node until one has the instance. May be called again after a crash at any point: `node_call` says
 * what was under way. An order whose outcome is unknown is settled with its node before any other node is asked, so that
 * an instance is never started twice.
 *
 * Throws Cluster.LaunchTimeout (with the last answer of each node) when the launch window is over, Cluster.NodeUnreachable
 * when it ends while the one node that may have the instance is silent.
 */
export async function placeInstance(cluster: Cluster, id: string, signal: AbortSignal): Promise<Placement> {
  const refusedNow = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const instance = await findInstance(cluster.pool, id);
    if (instance === undefined || instance.state === 'Teardown') return 'not-wanted';
    if (instance.nodeCall === 'accepted') return 'accepted';
    if (instance.nodeCall === 'started') {
      if (await settleStarted(cluster, instance, refusedNow, signal)) continue;
      await throwIfOver(cluster, instance, 'Cluster.NodeUnreachable');
    } else if (instance.terminateRequestedAt !== null) {
      return 'not-wanted';
    } else if (await tryOneNode(cluster, instance, refusedNow, signal)) {
      continue;
    } else {
      await throwIfOver(cluster, instance, 'Cluster.LaunchTimeout');
      refusedNow.clear();
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

/** Asks the node about an order of unknown outcome. False when it is silent. */
async function settleStarted(
  cluster: Cluster,
  instance: InstanceRecord,
  refused: Set<string>,
  signal: AbortSignal,
): Promise<boolean> {
  const url = instance.nodeUrl ?? '';
  const answer = await settle(cluster, url, instance.id, signal);
  if (answer === 'silent') return false;
  if (answer === 'absent') {
    // Should it carry the order out after all, the poller ends the instance there.
    refused.add(url);
    const refusals = { ...instance.refusals, [url]: 'did not answer the order and has not got the instance' };
    await updateInstance(cluster.pool, instance.id, { nodeCall: 'none', refusals });
  } else {
    await accept(cluster, instance.id, url);
  }
  return true;
}

/** One node gets the order. False when no further node can be asked now. */
async function tryOneNode(
  cluster: Cluster,
  instance: InstanceRecord,
  refused: Set<string>,
  signal: AbortSignal,
): Promise<boolean> {
  let url = refused.size === 0 && (await isReserved(cluster, instance)) ? instance.nodeUrl : null;
  if (url === null) {
    const choice = await chooseNode(cluster, instance, refused);
    if (choice.url === undefined) {
      cluster.logger.info({ instanceId: instance.id, reason: choice.reason }, 'no node takes the instance now');
      return false;
    }
    url = choice.url;
  }
  const refusal = await order(cluster, { ...instance, nodeUrl: url }, url, signal);
  if (refusal === undefined) return true;
  refused.add(url);
  cluster.logger.warn({ instanceId: instance.id, node: url, reason: refusal }, 'the node does not take the instance');
  const refusals = { ...instance.refusals, [url]: refusal };
  await updateInstance(cluster.pool, instance.id, { refusals });
  return true;
}

/** Sends ncStartNetwork and ncRunInstance. Returns the refusal; undefined when accepted or not known. */
async function order(
  cluster: Cluster,
  instance: InstanceRecord,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const node = cluster.nodes.get(url);
  try {
    // Harmless, so it also tells a dead node from a living one before anything ambiguous is sent.
    await node.startNetwork(instance, signal);
  } catch (error) {
    return describe(error, signal);
  }
  if (!(await markStarted(cluster.pool, instance.id, url))) return undefined;
  try {
    await node.runInstance(instance, signal);
  } catch (error) {
    const refusal = describe(error, signal);
    const { code, details } = toMalleeError(error);
    if (code === 'Wire.NotForOriginal') {
      // Nothing was sent.
      await updateInstance(cluster.pool, instance.id, { nodeCall: 'none' });
      return refusal;
    }
    // Not even "no connection" is trusted: it may be said of the second try of a message whose first try arrived.
    if (code !== 'Wire.PeerFault') return undefined;
    // A refusal may mean "I have it already" (an order repeated after a crash); original nodes do not say which.
    // return=false is signed; a fault is not, and may be about a copy of the order that is still under way.
    const ask = details['faultcode'] === undefined ? askNode : settle;
    const answer = await ask(cluster, url, instance.id, signal);
    if (answer === 'absent') await updateInstance(cluster.pool, instance.id, { nodeCall: 'none' });
    if (answer === 'absent') return refusal;
    if (answer === 'silent') return undefined;
  }
  await accept(cluster, instance.id, url);
  return undefined;
}

async function accept(cluster: Cluster, id: string, url: string): Promise<void> {
  await stampInstance(cluster.pool, id, 'accepted_at');
  await updateInstance(cluster.pool, id, { nodeUrl: url, nodeCall: 'accepted', absentPolls: 0, absentSince: null });
  await setAddressState(cluster.pool, id, 'active');
  cluster.logger.info({ instanceId: id, node: url }, 'a node has the instance');
  cluster.poller.pollNow(url);
}

/** Whether the node chosen before is up and its capacity is still held for the instance. */
async function isReserved(cluster: Cluster, instance: InstanceRecord): Promise<boolean> {
  const sql = `select from reservation join node on node.url = reservation.node_url
    where instance_id = $1 and url = $2 and configured and state = 'up'`;
  return (await cluster.pool.query(sql, [instance.id, instance.nodeUrl])).rowCount === 1;
}

async function throwIfOver(
  cluster: Cluster,
  instance: InstanceRecord,
  code: 'Cluster.LaunchTimeout' | 'Cluster.NodeUnreachable',
): Promise<void> {
  const sql = 'select from instance where id = $1 and launch_deadline <= now()';
  if ((await cluster.pool.query(sql, [instance.id])).rowCount === 0) return;
  if (code === 'Cluster.NodeUnreachable') {
    const message = `${instance.nodeUrl ?? 'a node'} was given the instance and has not answered since`;
    throw new MalleeError(code, message);
  }
  const answers = Object.entries(instance.refusals).map(([url, refusal]) => `${url}: ${refusal}`);
  const { reason } = answers.length > 0 ? { reason: '' } : await chooseNode(cluster, instance, new Set());
  throw new MalleeError(code, `no node took the instance; ${[...answers, reason].filter(Boolean).join('; ')}`);
}

function describe(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  const { code, message } = toMalleeError(error);
  return `${code}: ${message}`.slice(0, 500);
}
