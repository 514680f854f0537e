import { transaction } from '@mallee/database';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { Cluster } from '../cluster.js';
import { findInstance, lockInstance, stampInstance } from '../store/instances.js';
import { askNode } from './ask-node.js';
import { endInstance } from './end-instance.js';

/**
 * Gives the order to terminate. It returns when the node took it, or when it is sure that no node has the instance; the
 * end itself is seen by the poller. Throws Cluster.NodeUnreachable while the node does not answer.
 */
export async function terminateInstance(cluster: Cluster, id: string, signal: AbortSignal): Promise<void> {
  const instance = await findInstance(cluster.pool, id);
  if (instance === undefined || instance.state === 'Teardown') return;
  const url = instance.nodeUrl;
  if (instance.nodeCall === 'none' || url === null) return endHere(cluster, id);
  await stampInstance(cluster.pool, id, 'terminate_sent_at');
  try {
    await cluster.nodes.get(url).terminateInstance(instance.userId, id, signal);
    cluster.logger.info({ instanceId: id, node: url }, 'the node terminates the instance');
  } catch (error) {
    const { code, message } = toMalleeError(error);
    const answer = code === 'Wire.PeerFault' ? await askNode(cluster, url, id, signal) : 'silent';
    // Absent: the poller looks twice and then ends it; one look must not free an address.
    if (answer === 'has' || answer === 'silent') {
      throw new MalleeError('Cluster.NodeUnreachable', `${url} does not terminate ${id}: ${code}: ${message}`);
    }
  }
  cluster.poller.pollNow(url);
}

/** Ends an instance that was never given to a node. */
async function endHere(cluster: Cluster, id: string): Promise<void> {
  const ended = await transaction(cluster.pool, async (client) => {
    const current = await lockInstance(client, id);
    if (current?.state !== 'Pending' || current.nodeCall !== 'none') return false;
    await endInstance(client, id, null, 'free');
    return true;
  });
  if (!ended) throw new MalleeError('Cluster.NodeUnreachable', `${id} was given to a node meanwhile`);
  cluster.cloud.send(id);
}

/** Tells a node to terminate something that should not run there. A failure is logged: the next poll shows it again. */
export async function terminateStray(cluster: Cluster, url: string, id: string, userId: string): Promise<void> {
  cluster.logger.warn({ instanceId: id, node: url }, 'the node runs an instance that has ended or runs elsewhere');
  try {
    await cluster.nodes.get(url).terminateInstance(userId, id);
  } catch (error) {
    const { code, message } = toMalleeError(error);
    cluster.logger.warn({ instanceId: id, node: url, code, reason: message }, 'a stray instance is still there');
  }
}
