import type { Operation, OperationParts } from './operation.js';

/** The last 64 KiB of the console, base64; also for a while after the instance has ended. */
export function getConsoleOutput({ controller }: Pick<OperationParts, 'controller'>): Operation<'ncGetConsoleOutput'> {
  return async ({ instanceId }) => ({ consoleOutput: (await controller.console(instanceId)).toString('base64') });
}
