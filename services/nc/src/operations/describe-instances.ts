import { wireInstance } from '../wire/instance-type.js';
import type { Operation, OperationParts } from './operation.js';

/** The user that stands for the system and sees all instances. */
const SYSTEM_USER = 'eucalyptus';

export function describeInstances({
  controller,
}: Pick<OperationParts, 'controller'>): Operation<'ncDescribeInstances'> {
  return ({ instanceIds, userId }) => {
    const seesAll = userId === undefined || userId === SYSTEM_USER;
    const records = controller.describe(instanceIds).filter(({ launch }) => seesAll || launch.ownerId === userId);
    return Promise.resolve({ instances: records.map(wireInstance) });
  };
}
