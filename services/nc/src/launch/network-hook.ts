import type { NodeNetwork } from '../host/node-network.js';
import type { LaunchHook } from './hook.js';

/** Checks that the network the domain is about to use is there; the port itself comes and goes with the domain. */
export function networkHook(network: NodeNetwork): LaunchHook {
  return {
    name: 'network',
    prerun: async (context) => network.check(context.record().launch.network.privateIp),
    undo: () => Promise.resolve(),
  };
}
