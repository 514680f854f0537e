import { createHash } from 'node:crypto';
import type { OperationName, RequestOf, ResponseOf } from '@mallee/soap-rpc';
import type { EucalyptusCCOperations_4_4 as Operations, EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import {
  SYSTEM,
  type ClusterCallOptions,
  type ClusterLaunch,
  type ClusterPort,
  type LaunchSource,
} from '../../components/cluster-port.js';
import type { ClusterCalls } from '../cluster-calls.js';
import type { Enabler } from './enable.js';

/** Only DescribeServices says where services are; other messages leave that as it is. */
const noServices = { services: [], disabledServices: [], notreadyServices: [] } as const;
const system = { userId: SYSTEM, ...noServices };

/** A cluster controller of dialect 4.4: it is enabled before it gets work. */
export function clusterOf44(calls: ClusterCalls<Operations>, enabler: Enabler): ClusterPort {
  async function work<K extends OperationName<Operations>>(
    name: K,
    request: RequestOf<Operations, K>,
    options: ClusterCallOptions | undefined,
  ): Promise<ResponseOf<Operations, K>> {
    await enabler.ensure(options);
    try {
      return await calls.call(name, request, options);
    } catch (error) {
      enabler.doubt();
      throw error;
    }
  }
  return {
    describeInstances: async (options) =>
      (await work('DescribeInstances', { ...system, instanceIds: [] }, options)).instances,
    describeResources: async (types, options) => {
      const instanceTypes = types.map((type) => ({ ...type, virtualBootRecord: [] }));
      const { resources } = await work('DescribeResources', { ...system, instanceTypes }, options);
      return resources.map(({ instanceType, availableInstances = 0, maxInstances = 0 }) => {
        return { name: instanceType?.name, available: availableInstances, maximum: maxInstances };
      });
    },
    runInstance: async (launch, options) => (await work('RunInstances', toRunInstances(launch), options)).instances,
    terminateInstances: async (userId, instanceIds, options) => {
      await work('TerminateInstances', { ...noServices, userId, instanceIds, force: false }, options);
    },
    rebootInstances: async (instanceIds, options) => {
      await work('RebootInstances', { ...system, instanceIds }, options);
    },
    getConsoleOutput: async (instanceId, options) =>
      (await work('GetConsoleOutput', { ...system, instanceId }, options)).consoleOutput,
  };
}

/** The RunInstances message for one instance. What to boot from is said twice, as older elements and as boot records. */
export function toRunInstances(launch: ClusterLaunch): Wire.RunInstancesType {
  const { image, kernel, ramdisk } = launch;
  const records = [
    bootRecord('machine', 'sda1', image),
    ...(kernel === undefined ? [] : [bootRecord('kernel', 'none', kernel)]),
    ...(ramdisk === undefined ? [] : [bootRecord('ramdisk', 'none', ramdisk)]),
  ];
  return {
    ...noServices,
    userId: launch.userId,
    imageId: image.id,
    kernelId: kernel?.id,
    ramdiskId: ramdisk?.id,
    imageURL: image.url,
    kernelURL: kernel?.url,
    ramdiskURL: ramdisk?.url,
    instanceType: { ...launch.type, virtualBootRecord: records },
    keyName: launch.publicKey,
    minCount: 1,
    maxCount: 1,
    reservationId: launch.reservationId,
    instanceIds: [launch.instanceId],
    netNames: launch.groupNames,
    netIds: launch.groupNames.map((name, index) => launch.groupIds[index] ?? name),
    macAddresses: [launch.mac],
    networkIndexList: [],
    privateIps: [],
    uuids: [uuidOf(launch.instanceId)],
    vlan: -1,
    userData: launch.userData,
    credential: '',
    launchIndex: String(launch.launchIndex),
    platform: launch.platform,
    ownerId: launch.userId,
    accountId: launch.accountId,
    secondaryNetConfig: [],
  };
}

function bootRecord(type: string, guestDeviceName: string, { id, url = 'none' }: LaunchSource) {
  return { resourceLocation: url, guestDeviceName, size: -1, format: 'none', id, type };
}

/** Ids are never used again, so a UUID that follows from one is as unique. Version 8: of our own making. */
function uuidOf(instanceId: string): string {
  const hex = createHash('sha256').update(`mallee instance ${instanceId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
