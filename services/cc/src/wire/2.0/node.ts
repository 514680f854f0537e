import type { EucalyptusNCOperations_2_0, EucalyptusNCTypes_2_0 as Nc } from '@mallee/wsdl-types';
import { SYSTEM, type NodeCalls } from '../../nodes/node-calls.js';
import type { NodePort } from '../../nodes/node-port.js';
import type { InstanceRecord } from '../../store/instance-record.js';
import { toDeviceMapping } from './vm-type.js';
import { toNetParams } from './instance.js';

/** A node controller of dialect 2.0. Every request names the node, as those of an original CC do. */
export function nodeOf20(calls: NodeCalls<EucalyptusNCOperations_2_0>, close: () => void): NodePort {
  const { nodeName } = calls;
  const system = { userId: SYSTEM, nodeName };
  return {
    describeInstances: async (signal) => {
      // Without an id filter: not every original node honours it.
      const { instances } = await calls.call('ncDescribeInstances', { ...system, instanceIds: [] }, signal);
      return instances.map(toSighting);
    },
    describeResource: async (signal) => toReport(await calls.call('ncDescribeResource', system, signal)),
    describeDetails: (ids, signal) => calls.describeDetails(ids, signal),
    startNetwork: async ({ userId, vlan }, signal) => {
      await calls.call('ncStartNetwork', { userId, nodeName, remoteHosts: [], remoteHostPort: 0, vlan }, signal);
    },
    runInstance: async (instance, signal) => {
      await calls.call('ncRunInstance', toNcRunInstance(instance, nodeName), signal);
    },
    terminateInstance: async (userId, instanceId, signal) => {
      await calls.call('ncTerminateInstance', { userId, nodeName, instanceId }, signal);
    },
    rebootInstance: async (userId, instanceId, signal) => {
      // `status` of the answer is not looked at: original nodes send false on success.
      await calls.call('ncRebootInstance', { userId, nodeName, instanceId }, signal);
    },
    getConsoleOutput: async (userId, instanceId, signal) => {
      const answer = await calls.call('ncGetConsoleOutput', { userId, nodeName, instanceId }, signal);
      return answer.consoleOutput;
    },
    close,
  };
}

function toSighting(instance: Nc.InstanceType) {
  const { instanceType, ...rest } = instance;
  return { ...rest, instanceType: { ...instanceType, deviceMapping: toDeviceMapping(instanceType.deviceMapping) } };
}

function toReport(answer: Nc.NcDescribeResourceResponseType) {
  return {
    memoryMax: answer.memorySizeMax,
    memoryAvailable: answer.memorySizeAvailable,
    diskMax: answer.diskSizeMax,
    diskAvailable: answer.diskSizeAvailable,
    coresMax: answer.numberOfCoresMax,
    coresAvailable: answer.numberOfCoresAvailable,
    hypervisor: '',
    iqn: '',
  };
}

/** The order to the node. */
export function toNcRunInstance(instance: InstanceRecord, nodeName: string): Nc.NcRunInstanceType {
  return {
    userId: instance.userId,
    nodeName,
    imageId: instance.imageId,
    ...(instance.kernelId === '' ? {} : { kernelId: instance.kernelId }),
    ...(instance.ramdiskId === '' ? {} : { ramdiskId: instance.ramdiskId }),
    imageURL: instance.imageUrl,
    ...(instance.kernelUrl === '' ? {} : { kernelURL: instance.kernelUrl }),
    ...(instance.ramdiskUrl === '' ? {} : { ramdiskURL: instance.ramdiskUrl }),
    reservationId: instance.reservationId,
    instanceId: instance.id,
    instanceType: instance.vmType,
    keyName: instance.keyName,
    netParams: toNetParams(instance),
    userData: instance.userData,
    launchIndex: instance.launchIndex,
    ...(instance.platform === '' ? {} : { platform: instance.platform }),
    groupNames: instance.groupNames.slice(0, 64),
  };
}
