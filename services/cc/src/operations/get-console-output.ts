import { success, type Operation } from './operation.js';
import { owningNode } from './owning-node.js';

/** Passed through to the node; base64 stays base64. The owner's userId goes along: original nodes build a path from it. */
export const getConsoleOutput: Operation<'GetConsoleOutput'> = async (cluster, request, context) => {
  const { nc, nodeName, instance } = await owningNode(cluster, request.instanceId);
  const head = { userId: instance.userId, nodeName };
  const answer = await nc.call('ncGetConsoleOutput', { ...head, instanceId: instance.id });
  return { ...success(request, context), consoleOutput: answer.consoleOutput };
};
