import { success, type Operation } from './operation.js';
import { owningNode } from './owning-node.js';

/** Passed through per instance. `status` of the node's answer is not looked at: original nodes send false on success. */
export const rebootInstances: Operation<'RebootInstances'> = async (cluster, request, context) => {
  const owners = await Promise.all(request.instanceIds.map((id) => owningNode(cluster, id)));
  for (const { nc, nodeName, instance } of owners) {
    await nc.call('ncRebootInstance', { userId: instance.userId, nodeName, instanceId: instance.id });
  }
  return success(request, context);
};
