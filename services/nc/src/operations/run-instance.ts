import { wireInstance } from '../wire/instance-type.js';
import { launchRequestOf } from '../wire/launch-request.js';
import type { Operation, OperationParts } from './operation.js';

/** Accepts an instance and answers at once, Pending; the same request again is answered with the instance as it is. */
export function runInstance({ controller }: Pick<OperationParts, 'controller'>): Operation<'ncRunInstance'> {
  return async (request) => ({ instance: wireInstance(await controller.run(launchRequestOf(request))) });
}
