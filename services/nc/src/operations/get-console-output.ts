import type { NodeController } from '../controller/node-controller.js';

/** The last 64 KiB of the console, base64; also for a while after the instance has ended. */
export async function getConsoleOutput(
  controller: NodeController,
  instanceId: string,
): Promise<{ consoleOutput: string }> {
  return { consoleOutput: (await controller.console(instanceId)).toString('base64') };
}
