import type { Cluster } from '../cluster.js';
import { owningNode } from './owning-node.js';

/** Passed through from the node; base64 stays base64. The owner's userId goes along: original nodes build a path from it. */
export async function getConsoleOutput(cluster: Cluster, id: string | undefined): Promise<string> {
  const { node, instance } = await owningNode(cluster, id);
  return node.getConsoleOutput(instance.userId, instance.id);
}
