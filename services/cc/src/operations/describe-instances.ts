import { toCcInstance } from '../launch/wire-instance.js';
import { listInstances } from '../store/instances.js';
import { success, type Operation } from './operation.js';

/** The whole cache, whatever ids are asked for: the CLC relies on that. No node is contacted. */
export const describeInstances: Operation<'DescribeInstances'> = async (cluster, request, context) => {
  const instances = await listInstances(cluster.pool, cluster.config().timings.instanceTimeoutSeconds);
  return { ...success(request, context), instances: instances.map(toCcInstance) };
};
