import type { MalleeExtensionOperations } from '@mallee/wsdl-types';
import { instanceIdOf } from '../instances/record.js';
import type { OperationParts } from './operation.js';

type DescribeDetails = MalleeExtensionOperations['DescribeDetails'];

/** The typed reasons behind the states, which the original interface has no place for. */
export function describeDetails({
  controller,
}: Pick<OperationParts, 'controller'>): (request: DescribeDetails['request']) => Promise<DescribeDetails['response']> {
  return async ({ instanceIds }) => ({
    details: controller.describe(instanceIds).map((record) => ({
      instanceId: instanceIdOf(record),
      stateName: record.state,
      changedAt: record.stateSince,
      ...(record.correlationId === undefined ? {} : { correlationId: record.correlationId }),
      ...(record.reason === undefined ? {} : { reasonCode: record.reason.code, reasonMessage: record.reason.message }),
    })),
  });
}
