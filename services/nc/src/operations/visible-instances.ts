import type { NodeController } from '../controller/node-controller.js';
import type { InstanceRecord } from '../instances/record.js';

/** The user that stands for the system and sees all instances. */
const SYSTEM_USER = 'eucalyptus';

/** The instances that a caller sees: the system all, a user the own ones. */
export function visibleInstances(
  controller: NodeController,
  { instanceIds, userId }: { readonly instanceIds: readonly string[]; readonly userId?: string | undefined },
): InstanceRecord[] {
  const seesAll = userId === undefined || userId === SYSTEM_USER;
  return controller.describe(instanceIds).filter(({ launch }) => seesAll || launch.ownerId === userId);
}
