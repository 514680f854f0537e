import { MalleeError } from '@mallee/errors';
import type { Cluster } from '../cluster.js';
import type { NodePort } from '../nodes/node-port.js';
import type { InstanceRecord } from '../store/instance-record.js';
import { findInstance } from '../store/instances.js';

/** The node that has an instance. Throws Cluster.UnknownInstance, IncorrectInstanceState (no node has it yet). */
export async function owningNode(
  cluster: Cluster,
  id: string | undefined,
): Promise<{ readonly node: NodePort; readonly instance: InstanceRecord }> {
  const instance = id === undefined ? undefined : await findInstance(cluster.pool, id);
  if (instance === undefined) {
    throw new MalleeError(
      'Cluster.UnknownInstance',
      `the cluster does not know ${(id ?? 'an instance without id').slice(0, 64)}`,
    );
  }
  if (instance.nodeUrl === null || instance.nodeCall === 'none') {
    throw new MalleeError('IncorrectInstanceState', `${instance.id} is ${instance.state} and on no node`);
  }
  return { node: cluster.nodes.get(instance.nodeUrl), instance };
}
