import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { texts } from '../../ec2/schema.js';
import { requireInstances } from '../../resources/instances.js';
import { scopeOf } from '../../resources/scope.js';

export const RebootInstances = defineAction({
  name: 'RebootInstances',
  authorization: 'user',
  metric: 'RebootInstances',
  summary: 'Restart the guests of running instances.',
  parameters: z.object({ InstanceId: texts() }),
  async run(given, { pool, caller, clients, config }) {
    const scope = scopeOf(caller, given.InstanceId);
    if (scope.ids.length === 0) {
      throw new MalleeError('MissingParameter', 'The request must contain the parameter InstanceId.1');
    }
    const instances = await requireInstances(pool, scope, config.timings.terminatedVisibleMs);
    const stopped = instances.find((one) => one.state !== 'running');
    if (stopped) {
      throw new MalleeError('IncorrectInstanceState', `Instance ${stopped.instance_id} is not in a running state.`);
    }
    for (const zone of new Set(instances.map((one) => one.zone))) {
      const { cluster } = await clients.cluster(zone);
      const instanceIds = instances.filter((one) => one.zone === zone).map((one) => one.instance_id);
      await cluster.rebootInstances(instanceIds);
    }
    return { return: true };
  },
});
