import type { Cluster } from '../cluster.js';
import { owningNode } from './owning-node.js';

/** Passed through per instance; none is rebooted when one of them is not known. */
export async function rebootInstances(cluster: Cluster, ids: readonly string[]): Promise<void> {
  const owners = await Promise.all(ids.map((id) => owningNode(cluster, id)));
  for (const { node, instance } of owners) await node.rebootInstance(instance.userId, instance.id);
}
