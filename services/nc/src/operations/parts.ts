import type { NodeController } from '../controller/node-controller.js';
import type { NodeNetwork } from '../host/node-network.js';

/** What operations work on. They may look at it only when a request comes: the reference of operations is made without. */
export interface OperationParts {
  readonly controller: NodeController;
  readonly network: NodeNetwork;
  /** iSCSI name of the host; empty for none. */
  readonly iqn: string;
}
