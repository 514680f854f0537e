import type { Operation, OperationParts } from './operation.js';

/** Answers before the reboot is done. `status` is the original's return code as a boolean: false is success. */
export function rebootInstance({ controller }: Pick<OperationParts, 'controller'>): Operation<'ncRebootInstance'> {
  return async ({ instanceId }) => {
    await controller.reboot(instanceId);
    return { status: false };
  };
}
