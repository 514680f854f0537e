import { setTimeout as sleep } from 'node:timers/promises';
import { toMalleeError } from '@mallee/errors';
import type { Cluster } from '../cluster.js';

/** What a node says about an instance: it has it, it ended there, it does not know it; silent: no answer. */
export type NodeAnswer = 'has' | 'ended' | 'absent' | 'silent';

/** Between two questions after an order whose outcome is not known: the node may still be about to carry it out. */
const SECOND_LOOK_MS = 1500;

/** Asks a node whether it has an instance. Never throws. */
export async function askNode(cluster: Cluster, url: string, id: string, signal?: AbortSignal): Promise<NodeAnswer> {
  try {
    const instances = await cluster.nodes.get(url).describeInstances(signal);
    const found = instances.find((instance) => instance.instanceId === id);
    if (found === undefined) return 'absent';
    return found.stateName === 'Teardown' ? 'ended' : 'has';
  } catch (error) {
    const { code, message } = toMalleeError(error);
    cluster.logger.info(
      { node: url, instanceId: id, code, reason: message },
      'the node does not say whether it has it',
    );
    return 'silent';
  }
}

/** The same after an order without an answer: "absent" only when two looks, some time apart, agree. */
export async function settle(cluster: Cluster, url: string, id: string, signal?: AbortSignal): Promise<NodeAnswer> {
  const first = await askNode(cluster, url, id, signal);
  if (first !== 'absent') return first;
  await sleep(SECOND_LOOK_MS, undefined, signal === undefined ? {} : { signal });
  return askNode(cluster, url, id, signal);
}
