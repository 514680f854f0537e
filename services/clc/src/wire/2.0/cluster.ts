import type { EucalyptusCCOperations_2_0, EucalyptusCCTypes_2_0 as Wire } from '@mallee/wsdl-types';
import { SYSTEM, type ClusterLaunch, type ClusterPort } from '../../components/cluster-port.js';
import type { ClusterCalls } from '../cluster-calls.js';

/** A cluster controller of dialect 2.0. */
export function clusterOf20(calls: ClusterCalls<EucalyptusCCOperations_2_0>): ClusterPort {
  return {
    describeInstances: async (options) => {
      const { instances } = await calls.call('DescribeInstances', { userId: SYSTEM, instanceIds: [] }, options);
      return instances;
    },
    describeResources: async (types, options) => {
      const instanceTypes = types.map((type) => ({ ...type, deviceMapping: [] }));
      const { resources } = await calls.call('DescribeResources', { userId: SYSTEM, instanceTypes }, options);
      return resources.map(({ instanceType, availableInstances = 0, maxInstances = 0 }) => {
        return { name: instanceType?.name, available: availableInstances, maximum: maxInstances };
      });
    },
    runInstance: async (launch, options) => {
      const { instances } = await calls.call('RunInstances', toRunInstances(launch), options);
      return instances;
    },
    terminateInstances: async (userId, instanceIds, options) => {
      await calls.call('TerminateInstances', { userId, instanceIds }, options);
    },
    rebootInstances: async (instanceIds, options) => {
      await calls.call('RebootInstances', { userId: SYSTEM, instanceIds }, options);
    },
    getConsoleOutput: async (instanceId, options) => {
      const answer = await calls.call('GetConsoleOutput', { userId: SYSTEM, instanceId }, options);
      return answer.consoleOutput;
    },
  };
}

/** The RunInstances message for one instance (min = max = 1), every element that an original cluster needs included. */
export function toRunInstances(launch: ClusterLaunch): Wire.RunInstancesType {
  return {
    userId: launch.userId,
    imageId: launch.image.id,
    kernelId: launch.kernel?.id,
    ramdiskId: launch.ramdisk?.id,
    imageURL: launch.image.url,
    kernelURL: launch.kernel?.url,
    ramdiskURL: launch.ramdisk?.url,
    instanceType: { ...launch.type, deviceMapping: [] },
    // The wire element is called keyName; it carries the public key itself.
    keyName: launch.publicKey,
    minCount: 1,
    maxCount: 1,
    reservationId: launch.reservationId,
    instanceIds: [launch.instanceId],
    netNames: launch.groupNames,
    macAddresses: [launch.mac],
    networkIndexList: [],
    vlan: -1,
    userData: launch.userData,
    launchIndex: String(launch.launchIndex),
    platform: launch.platform,
  };
}
