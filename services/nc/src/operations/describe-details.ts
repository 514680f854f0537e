import type { MalleeExtensionOperations, MalleeExtensionTypes } from '@mallee/wsdl-types';
import { instanceIdOf, type InstanceRecord } from '../instances/record.js';
import type { OperationParts } from './parts.js';

type DescribeDetails = MalleeExtensionOperations['DescribeDetails'];

/** The typed reasons behind the states, which the original interface has no place for. */
export function describeDetails({
  controller,
}: Pick<OperationParts, 'controller'>): (request: DescribeDetails['request']) => Promise<DescribeDetails['response']> {
  return ({ instanceIds }) => Promise.resolve({ details: controller.describe(instanceIds).map(detailsOf) });
}

function detailsOf(record: InstanceRecord): MalleeExtensionTypes.InstanceDetailsType {
  return {
    instanceId: instanceIdOf(record),
    stateName: record.state,
    changedAt: record.stateSince,
    ...(record.correlationId === undefined ? {} : { correlationId: record.correlationId }),
    ...(record.reason === undefined ? {} : { reasonCode: record.reason.code, reasonMessage: record.reason.message }),
  };
}
