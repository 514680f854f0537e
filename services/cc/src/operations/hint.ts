import type { MalleeExtensionTypes as Wire } from '@mallee/wsdl-types';
import type { Cluster } from '../cluster.js';
import { findInstances } from '../store/instances.js';

const MAX_SUBJECTS = 256;

/** Something changed on a node: it is polled now. Found by its URL, else by its instances, else all are polled. */
export async function takeHint(
  cluster: Cluster,
  request: Wire.HintType,
  correlationId: string,
): Promise<Wire.HintResponseType> {
  const urls = cluster.config().nodes.map((node) => node.url);
  const named = urls.filter((url) => url === request.source || new URL(url).origin === request.source);
  const instances = named.length > 0 ? [] : await findInstances(cluster.pool, request.subjects.slice(0, MAX_SUBJECTS));
  const owners = instances.flatMap(({ nodeUrl }) => (nodeUrl === null ? [] : [nodeUrl]));
  const targets = new Set([...named, ...owners]);
  if (targets.size === 0) cluster.poller.pollNow();
  for (const url of targets) cluster.poller.pollNow(url);
  return { correlationId, return: true };
}
