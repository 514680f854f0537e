import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction, type ActionContext } from '../../ec2/action.js';
import { texts } from '../../ec2/schema.js';
import { requireInstances } from '../../resources/instances.js';
import { scopeOf } from '../../resources/scope.js';

export const GetConsoleOutput = defineAction({
  name: 'GetConsoleOutput',
  authorization: 'user',
  metric: 'GetConsoleOutput',
  summary: 'What the guest has written to its console, fetched from its node.',
  parameters: z.object({ InstanceId: texts(1) }),
  async run(given, context) {
    const scope = scopeOf(context.caller, given.InstanceId);
    if (scope.ids.length === 0) {
      throw new MalleeError('MissingParameter', 'The request must contain the parameter InstanceId');
    }
    const [instance] = await requireInstances(context.pool, scope, context.config.timings.terminatedVisibleMs);
    const { instance_id: instanceId, state, zone } = instance!;
    if (state === 'terminated') {
      throw new MalleeError('IncorrectInstanceState', `Instance ${instanceId} is not in a running state.`);
    }
    // A pending guest may not be on a node yet: then there is nothing to show, and nothing wrong.
    const output = await consoleOf(context, instanceId, zone).catch((error: unknown) => {
      if (state === 'pending') return '';
      throw error;
    });
    return { instanceId, timestamp: new Date(), output };
  },
});

/** Base64 of the console text; empty when there is none yet. */
async function consoleOf({ clients }: ActionContext, instanceId: string, zone: string): Promise<string> {
  const { cluster } = await clients.cluster(zone);
  const consoleOutput = await cluster.getConsoleOutput(instanceId);
  // Original clusters answer the word EMPTY, in clear or encoded, when there is no output.
  return consoleOutput === undefined || consoleOutput === 'EMPTY' || consoleOutput === 'RU1QVFk=' ? '' : consoleOutput;
}
