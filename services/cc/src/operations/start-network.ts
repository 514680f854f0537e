import { success, type Operation } from './operation.js';

/** With mode 0 there is nothing to start per group; the cluster's own network is made sure of. */
export const startNetwork: Operation<'StartNetwork'> = async (cluster, request, context) => {
  await cluster.network.apply();
  return success(request, context);
};
