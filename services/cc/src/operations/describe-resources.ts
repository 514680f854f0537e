import { countFitting } from '../scheduling/scheduler.js';
import { listNodes, type NodeRecord } from '../store/nodes.js';
import type { VmType } from '../store/instance-record.js';
import { success, type Operation } from './operation.js';
import { checkVmType } from './vm-type.js';

/** How many of each type fit: on empty nodes and now, over all nodes that are up. The CLC builds its node map from serviceTags. */
export const describeResources: Operation<'DescribeResources'> = async (cluster, request, context) => {
  const types = request.instanceTypes.map(checkVmType);
  const nodes = (await listNodes(cluster.pool)).filter((node) => node.configured);
  const up = nodes.filter((node) => node.state === 'up');
  return {
    ...success(request, context),
    resources: types.map((type) => ({
      instanceType: type,
      maxInstances: total(up, type, ({ memoryMax, diskMax, coresMax }) => [memoryMax, diskMax, coresMax]),
      availableInstances: total(up, type, (node) => [node.memoryAvailable, node.diskAvailable, node.coresAvailable]),
    })),
    serviceTags: nodes.map((node) => node.url),
  };
};

function total(
  nodes: readonly NodeRecord[],
  type: VmType,
  size: (node: NodeRecord) => [number, number, number],
): number {
  return nodes.reduce((sum, node) => {
    const [memory, disk, cores] = size(node);
    return sum + countFitting({ memory, disk, cores }, type);
  }, 0);
}
