import { MalleeError } from '@mallee/errors';
import type { NodeController } from '../../controller/node-controller.js';

/** Takes the node into use (`enabled`) or out of it (`disabled`): then it takes no new instances, those it has stay. */
export async function modifyNode(controller: NodeController, stateName: string | undefined): Promise<void> {
  const word = stateName?.toLowerCase();
  if (word !== 'enabled' && word !== 'disabled') {
    throw new MalleeError('Wire.MalformedMessage', 'ncModifyNode: stateName is neither enabled nor disabled');
  }
  await controller.enable(word === 'enabled');
}
