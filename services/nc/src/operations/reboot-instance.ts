import type { NodeController } from '../controller/node-controller.js';

/** Answers before the reboot is done. `status` is the original's return code as a boolean: false is success. */
export async function rebootInstance(controller: NodeController, instanceId: string): Promise<{ status: boolean }> {
  await controller.reboot(instanceId);
  return { status: false };
}
