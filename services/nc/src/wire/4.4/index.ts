import { isIPv4 } from 'node:net';
import { MalleeError } from '@mallee/errors';
import { notSupported, remarked, serve, type ServedDialect } from '@mallee/soap-rpc';
import { EucalyptusNC_4_4, type EucalyptusNCOperations_4_4 } from '@mallee/wsdl-types';
import { getConsoleOutput } from '../../operations/get-console-output.js';
import { WHY_NOT } from '../../operations/not-supported.js';
import type { OperationParts } from '../../operations/parts.js';
import { rebootInstance } from '../../operations/reboot-instance.js';
import { terminateInstance } from '../../operations/terminate-instance.js';
import { visibleInstances } from '../../operations/visible-instances.js';
import { instance44 } from './instance.js';
import { modifyNode } from './modify-node.js';
import { resource44 } from './resource.js';
import { launch44 } from './run-instance.js';

/** EucalyptusNC as cluster controllers from 3.0 on call it. */
export function nodeDialect_4_4({ controller, network, iqn }: OperationParts): ServedDialect {
  return serve<EucalyptusNCOperations_4_4>(EucalyptusNC_4_4, {
    ncDescribeResource: () => Promise.resolve(resource44(controller, iqn)),
    ncDescribeInstances: (request) =>
      Promise.resolve({ instances: visibleInstances(controller, request).map(instance44) }),
    ncRunInstance: remarked('from images only, with one interface and without credential floppy', async (request) => ({
      instance: instance44(await controller.run(launch44(request))),
    })),
    ncTerminateInstance: ({ instanceId }) => terminateInstance(controller, instanceId, '4.4'),
    ncRebootInstance: ({ instanceId }) => rebootInstance(controller, instanceId),
    ncGetConsoleOutput: ({ instanceId }) => getConsoleOutput(controller, instanceId),
    ncStartNetwork: async () => {
      await network.check();
      return { networkStatus: 'SUCCESS' };
    },
    ncAssignAddress: async ({ instanceId, publicIp }) => {
      if (!isIPv4(publicIp)) throw new MalleeError('Wire.MalformedMessage', 'ncAssignAddress: publicIp is not valid');
      await controller.assignAddress(instanceId, publicIp);
      return {};
    },
    ncModifyNode: async ({ stateName }) => {
      await modifyNode(controller, stateName);
      return {};
    },
    // A failure would be one per poll in the log of the cluster controller.
    ncDescribeSensors: remarked('nothing is measured, and that is the answer', () =>
      Promise.resolve({ sensorsResources: [] }),
    ),
    ncAttachVolume: notSupported(WHY_NOT.volumes),
    ncDetachVolume: notSupported(WHY_NOT.volumes),
    ncCreateImage: notSupported(WHY_NOT.volumes),
    ncBundleInstance: notSupported(WHY_NOT.bundling),
    ncBundleRestartInstance: notSupported(WHY_NOT.bundling),
    ncCancelBundleTask: notSupported(WHY_NOT.bundling),
    ncAttachNetworkInterface: notSupported(WHY_NOT.interfaces),
    ncDetachNetworkInterface: notSupported(WHY_NOT.interfaces),
    ncMigrateInstances: notSupported(WHY_NOT.migration),
    ncStartInstance: notSupported(WHY_NOT.keptInstances),
    ncStopInstance: notSupported(WHY_NOT.keptInstances),
    ncBroadcastNetworkInfo: notSupported(WHY_NOT.networkInfo),
    ncPowerDown: notSupported(WHY_NOT.powerSaving),
  });
}
