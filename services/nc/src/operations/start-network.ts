import type { Operation, OperationParts } from './operation.js';

/** SUCCESS when instances can be connected: the bridge is made by the cluster's network, here it is only checked. */
export function startNetwork({ network }: Pick<OperationParts, 'network'>): Operation<'ncStartNetwork'> {
  return async () => {
    await network.check();
    return { networkStatus: 'SUCCESS', statusMessage: 0 };
  };
}
