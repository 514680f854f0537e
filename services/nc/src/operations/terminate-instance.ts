import { stateNumber } from '../instances/lifecycle.js';
import type { Operation, OperationParts } from './operation.js';

/** Success also when the instance is over already; an unknown id is a failure. */
export function terminateInstance({
  controller,
}: Pick<OperationParts, 'controller'>): Operation<'ncTerminateInstance'> {
  return async ({ instanceId }) => {
    const { previous, current } = await controller.terminate(instanceId);
    return {
      instanceId,
      shutdownState: String(stateNumber(current)),
      previousState: String(stateNumber(previous)),
    };
  };
}
