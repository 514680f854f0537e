import { notSupported, serve, type ServedDialect } from '@mallee/soap-rpc';
import { EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { getConsoleOutput } from '../../operations/get-console-output.js';
import { WHY_NOT } from '../../operations/not-supported.js';
import type { OperationParts } from '../../operations/parts.js';
import { rebootInstance } from '../../operations/reboot-instance.js';
import { terminateInstance } from '../../operations/terminate-instance.js';
import { visibleInstances } from '../../operations/visible-instances.js';
import { instance20 } from './instance.js';
import { resource20 } from './resource.js';
import { launch20 } from './run-instance.js';

/** EucalyptusNC as cluster controllers up to 2.0.x call it, ours among them. */
export function nodeDialect_2_0({ controller, network }: OperationParts): ServedDialect {
  return serve<EucalyptusNCOperations_2_0>(EucalyptusNC_2_0, {
    ncDescribeResource: () => Promise.resolve(resource20(controller)),
    ncDescribeInstances: (request) =>
      Promise.resolve({ instances: visibleInstances(controller, request).map(instance20) }),
    // Answers at once, Pending; the same request again is answered with the instance as it is.
    ncRunInstance: async (request) => ({ instance: instance20(await controller.run(launch20(request))) }),
    ncTerminateInstance: ({ instanceId }) => terminateInstance(controller, instanceId, '2.0'),
    ncRebootInstance: ({ instanceId }) => rebootInstance(controller, instanceId),
    ncGetConsoleOutput: ({ instanceId }) => getConsoleOutput(controller, instanceId),
    // The bridge is made by the cluster's network, here it is only checked.
    ncStartNetwork: async () => {
      await network.check();
      return { networkStatus: 'SUCCESS', statusMessage: 0 };
    },
    ncAttachVolume: notSupported(WHY_NOT.volumes),
    ncDetachVolume: notSupported(WHY_NOT.volumes),
    ncBundleInstance: notSupported(WHY_NOT.bundling),
    ncCancelBundleTask: notSupported(WHY_NOT.bundling),
    ncDescribeBundleTasks: notSupported(WHY_NOT.bundling),
    ncPowerDown: notSupported(WHY_NOT.powerSaving),
  });
}
