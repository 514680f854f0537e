import type { Cluster } from '../cluster.js';
import type { InstanceRecord } from '../store/instance-record.js';
import { listInstances } from '../store/instances.js';

/** The whole cache: what lives, and what ended a while ago. No node is contacted. */
export function describeInstances(cluster: Cluster): Promise<InstanceRecord[]> {
  return listInstances(cluster.pool, cluster.config().timings.instanceTimeoutSeconds);
}
