import { z } from 'zod';
import { isAnswering, listComponents, type Component } from '../../components/registry.js';
import { defineAction } from '../../ec2/action.js';

export const DescribeComponents = defineAction({
  name: 'DescribeComponents',
  authorization: 'cloud-admin',
  metric: 'DescribeComponents',
  summary: 'Registered components with the last contact and why one is down.',
  parameters: z.object({}),
  async run(_given, { pool }) {
    const components = await listComponents(pool);
    return {
      registered: components.map((one) => ({
        type: one.type,
        name: one.name,
        partition: one.partition,
        detail: new URL(one.url).hostname,
        url: one.url,
        state: stateOf(one),
        dialect: one.speech.dialect,
        profile: one.speech.profile,
        suite: one.speech.suite,
        lastContact: one.lastOkAt,
        reasonCode: one.lastErrorCode,
        reason: one.lastError,
      })),
    };
  },
});

function stateOf(component: Component): string {
  if (isAnswering(component)) return 'ENABLED';
  return component.lastOkAt === null && component.lastError === null ? 'NOTREADY' : 'DOWN';
}
