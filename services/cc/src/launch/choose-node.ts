import { transaction, type PoolClient } from '@mallee/database';
import type { Cluster } from '../cluster.js';
import { explainPlacement, toCandidate } from '../scheduling/explain.js';
import { schedulers } from '../scheduling/scheduler.js';
import type { InstanceRecord } from '../store/instance-record.js';
import { updateInstance } from '../store/instances.js';
import { listNodes } from '../store/nodes.js';
import { dropReservation, lockPlacement, readCursor, reserveCapacity, saveCursor } from '../store/placement.js';

export interface NodeChoice {
  /** Undefined: no node takes it now. */
  readonly url: string | undefined;
  /** Why not, per node. */
  readonly reason: string;
}

/**
 * Moves the reservation of an instance to a node that is not in `refused`. Only for an instance that no node has: its
 * node_call becomes `none`.
 */
export async function chooseNode(
  cluster: Cluster,
  instance: InstanceRecord,
  refused: ReadonlySet<string>,
): Promise<NodeChoice> {
  return transaction(cluster.pool, async (client: PoolClient) => {
    await lockPlacement(client);
    // Its own reservation must not stand in its own way.
    await dropReservation(client, instance.id);
    const nodes = await listNodes(client);
    const candidates = nodes.map(toCandidate);
    const open = candidates.map((one) => (refused.has(one.url) ? { ...one, up: false } : one));
    const { scheduler, timings } = cluster.config();
    const choice = schedulers[scheduler](open, instance.vmType, await readCursor(client, 'node'));
    const reason = explainPlacement(nodes, candidates, instance.vmType);
    if (choice === undefined) return { url: undefined, reason };
    const url = nodes[choice.index]?.url;
    if (url === undefined) return { url: undefined, reason };
    await saveCursor(client, 'node', choice.cursor);
    await reserveCapacity(client, instance.id, url, instance.vmType, timings.launchWindowSeconds * 2);
    await updateInstance(client, instance.id, { nodeUrl: url, nodeCall: 'none' });
    return { url, reason };
  });
}
