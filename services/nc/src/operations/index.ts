import type { Handlers } from '@mallee/soap-rpc';
import type { EucalyptusNCOperations_2_0, MalleeExtensionOperations } from '@mallee/wsdl-types';
import { describeDetails } from './describe-details.js';
import { describeInstances } from './describe-instances.js';
import { describeResource } from './describe-resource.js';
import { getConsoleOutput } from './get-console-output.js';
import type { OperationParts } from './operation.js';
import { rebootInstance } from './reboot-instance.js';
import { runInstance } from './run-instance.js';
import { startNetwork } from './start-network.js';
import { terminateInstance } from './terminate-instance.js';

/** The served operations of EucalyptusNC; the others are answered with Wire.OperationNotSupported. */
export function nodeOperations(parts: OperationParts): Handlers<EucalyptusNCOperations_2_0> {
  return {
    ncDescribeResource: describeResource(parts),
    ncDescribeInstances: describeInstances(parts),
    ncRunInstance: runInstance(parts),
    ncTerminateInstance: terminateInstance(parts),
    ncRebootInstance: rebootInstance(parts),
    ncGetConsoleOutput: getConsoleOutput(parts),
    ncStartNetwork: startNetwork(parts),
  };
}

export function extensionOperations(parts: OperationParts): Handlers<MalleeExtensionOperations> {
  return { DescribeDetails: describeDetails(parts) };
}
