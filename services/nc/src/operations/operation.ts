import type { EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import type { NodeController } from '../controller/node-controller.js';
import type { NodeNetwork } from '../host/node-network.js';

/** What operations work on. */
export interface OperationParts {
  readonly controller: NodeController;
  readonly network: NodeNetwork;
}

type Operations = EucalyptusNCOperations_2_0;

/** The implementation of one operation of EucalyptusNC. */
export type Operation<K extends keyof Operations> = (
  request: Operations[K]['request'],
) => Promise<Operations[K]['response']>;
