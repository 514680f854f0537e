import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { texts } from '../../ec2/schema.js';
import { requireInstances, stateOf } from '../../resources/instances.js';
import { scopeOf } from '../../resources/scope.js';
import { terminateInstance } from '../../launch/terminate.js';

export const TerminateInstances = defineAction({
  name: 'TerminateInstances',
  authorization: 'user',
  metric: 'TerminateInstances',
  summary: 'End instances in whatever state they are; repeating it changes nothing.',
  parameters: z.object({ InstanceId: texts() }),
  async run(given, { pool, caller, config, version, correlationId }) {
    const scope = scopeOf(caller, given.InstanceId);
    if (scope.ids.length === 0) {
      throw new MalleeError('MissingParameter', 'The request must contain the parameter InstanceId.1');
    }
    // All ids are checked before the first instance is touched; the original stopped half-way.
    const instances = await requireInstances(pool, scope, config.timings.terminatedVisibleMs);
    const changes = await transaction(pool, async (client) => {
      const done = [];
      for (const one of instances) {
        done.push(await terminateInstance(client, one.instance_id, correlationId, config.timings));
      }
      return done;
    });
    return {
      instancesSet: changes.map(({ instanceId, before, now }) => ({
        instanceId,
        [version.modern || version.text >= '2009-10-31' ? 'currentState' : 'shutdownState']: stateOf(now),
        previousState: stateOf(before),
      })),
    };
  },
});
