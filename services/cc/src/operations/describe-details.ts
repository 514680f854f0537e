import type { MalleeExtensionTypes as Wire } from '@mallee/wsdl-types';
import type { Cluster } from '../cluster.js';
import type { InstanceRecord } from '../store/instance-record.js';
import { findInstances, listInstances } from '../store/instances.js';
import { listNodes, type NodeRecord } from '../store/nodes.js';

/** The typed reason behind the state of instances; also of ended ones that DescribeInstances no longer shows. */
export async function describeDetails(
  cluster: Cluster,
  request: Wire.DescribeDetailsType,
  correlationId: string,
): Promise<Wire.DescribeDetailsResponseType> {
  const instances =
    request.instanceIds.length > 0
      ? await findInstances(cluster.pool, request.instanceIds)
      : await listInstances(cluster.pool, cluster.config().timings.instanceTimeoutSeconds);
  const nodes = new Map((await listNodes(cluster.pool)).map((node) => [node.url, node]));
  const details = instances.map((instance) => toDetails(instance, nodes.get(instance.nodeUrl ?? '')));
  return { correlationId, return: true, details };
}

function toDetails(instance: InstanceRecord, node: NodeRecord | undefined): Wire.InstanceDetailsType {
  const common = {
    instanceId: instance.id,
    ...(instance.correlationId === null ? {} : { correlationId: instance.correlationId }),
    changedAt: instance.changedAt.toISOString(),
  };
  // What a silent node runs is neither ended nor known to run: the wire keeps the last state, the reason says why.
  if (instance.state !== 'Teardown' && instance.nodeCall === 'accepted' && node?.state === 'down') {
    const why = `${node.lastErrorCode ?? ''}: ${node.lastError ?? ''}`;
    const since = node.lastOkAt === null ? '' : ` since ${node.lastOkAt.toISOString()}`;
    const reasonMessage = `${node.url} does not answer${since} (${why})`;
    return { ...common, stateName: 'Unknown', reasonCode: 'Cluster.NodeUnreachable', reasonMessage };
  }
  const { reasonCode, reasonMessage } = instance;
  return {
    ...common,
    stateName: instance.state,
    ...(reasonCode === null ? {} : { reasonCode }),
    ...(reasonMessage === null ? {} : { reasonMessage }),
  };
}
