import { transaction } from '@mallee/database';
import type { Cluster } from '../cluster.js';
import { enqueueTerminate } from '../launch/workflows.js';
import { lockInstance, stampInstance } from '../store/instances.js';

/** Takes the orders; jobs carry them out. One answer per id in the order asked: false for an unknown id. */
export async function terminateInstances(
  cluster: Cluster,
  ids: readonly string[],
  correlationId: string,
): Promise<boolean[]> {
  const { cluster: name } = cluster.config();
  return transaction(cluster.pool, async (client) => {
    const answers = new Map<string, boolean>();
    // In one order everywhere, so that two requests for the same instances cannot wait for each other.
    for (const id of [...new Set(ids)].sort()) {
      const instance = await lockInstance(client, id);
      answers.set(id, instance !== undefined);
      if (instance === undefined || instance.state === 'Teardown') continue;
      if (instance.terminateRequestedAt === null) await stampInstance(client, id, 'terminate_requested_at');
      await enqueueTerminate(client, name, id, correlationId);
    }
    return ids.map((id) => answers.get(id) ?? false);
  });
}
