import type { Cluster } from '../cluster.js';
import { countFitting } from '../scheduling/scheduler.js';
import type { VmType } from '../store/instance-record.js';
import { listNodes, type NodeRecord } from '../store/nodes.js';
import { checkVmType, type AskedVmType } from './vm-type.js';

export interface ClusterResources {
  /** In the order asked. */
  readonly resources: readonly {
    readonly type: VmType;
    /** On empty nodes. */
    readonly max: number;
    /** Now. */
    readonly available: number;
  }[];
  /** All nodes of the configuration, whether they are up or not. */
  readonly nodes: readonly NodeRecord[];
}

/** How many of each type fit, over all nodes that are up. Throws Wire.MalformedMessage for a type without sizes. */
export async function describeResources(cluster: Cluster, asked: readonly AskedVmType[]): Promise<ClusterResources> {
  const types = asked.map(checkVmType);
  const nodes = (await listNodes(cluster.pool)).filter((node) => node.configured);
  const up = nodes.filter((node) => node.state === 'up');
  const resources = types.map((type) => ({
    type,
    max: total(up, type, ({ memoryMax, diskMax, coresMax }) => [memoryMax, diskMax, coresMax]),
    available: total(up, type, (node) => [node.memoryAvailable, node.diskAvailable, node.coresAvailable]),
  }));
  return { resources, nodes };
}

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
