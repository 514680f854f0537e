import type { NodeNetwork } from '../host/node-network.js';
import type { LaunchHook } from './hook.js';

/** Leads 169.254.169.254 of the guests to the metadata server of this node. */
export function metadataHook(network: NodeNetwork): LaunchHook {
  return {
    name: 'metadata',
    prerun: () => network.redirectMetadata(),
    // The redirect serves all instances of the bridge.
    undo: () => Promise.resolve(),
  };
}
