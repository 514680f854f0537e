import { transaction } from '@mallee/database';
import { enqueueTerminate } from '../launch/workflows.js';
import { lockInstance, stampInstance } from '../store/instances.js';
import { success, type Operation } from './operation.js';

/** Takes the orders; jobs carry them out. One isTerminated per id in the order asked: false for an unknown id. */
export const terminateInstances: Operation<'TerminateInstances'> = async (cluster, request, context) => {
  const { cluster: name } = cluster.config();
  const isTerminated = await transaction(cluster.pool, async (client) => {
    const answers = new Map<string, boolean>();
    // In one order everywhere, so that two requests for the same instances cannot wait for each other.
    for (const id of [...new Set(request.instanceIds)].sort()) {
      const instance = await lockInstance(client, id);
      answers.set(id, instance !== undefined);
      if (instance === undefined || instance.state === 'Teardown') continue;
      if (instance.terminateRequestedAt === null) await stampInstance(client, id, 'terminate_requested_at');
      await enqueueTerminate(client, name, id, context.correlationId);
    }
    return request.instanceIds.map((id) => answers.get(id) ?? false);
  });
  return { ...success(request, context), isTerminated };
};
