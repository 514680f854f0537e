import type { NodeController } from '../controller/node-controller.js';
import { stateNumber } from '../instances/lifecycle.js';

/** Success also when the instance is over already; an unknown id is a failure. The states are numbers as text, as originals do. */
export async function terminateInstance(
  controller: NodeController,
  instanceId: string,
  dialect: '2.0' | '4.4',
): Promise<{ instanceId: string; shutdownState: string; previousState: string }> {
  const { previous, current } = await controller.terminate(instanceId);
  return {
    instanceId,
    shutdownState: String(stateNumber(current, dialect)),
    previousState: String(stateNumber(previous, dialect)),
  };
}
