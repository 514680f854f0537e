import type { EucalyptusNCOperations_4_4, EucalyptusNCTypes_4_4 as Nc } from '@mallee/wsdl-types';
import { SYSTEM, type NodeCalls } from '../../nodes/node-calls.js';
import type { NodePort, Sighting } from '../../nodes/node-port.js';
import { noTopology } from '../../service/topology.js';
import type { InstanceRecord } from '../../store/instance-record.js';
import type { NodeReport } from '../../store/nodes.js';
import { fromBootRecords } from './boot-records.js';
import { noServices } from './head.js';
import { NO_ACCOUNT, toNetParams, toVmType, uuidOf } from './instance.js';

/** A node controller of dialect 4.4. It learns where the object store is from the URLs themselves: no services are named. */
export function nodeOf44(calls: NodeCalls<EucalyptusNCOperations_4_4>, close: () => void): NodePort {
  const { nodeName } = calls;
  const head = (userId: string) => ({ userId, ...noServices, nodeName });
  return {
    describeInstances: async (signal) => {
      const { instances } = await calls.call('ncDescribeInstances', { ...head(SYSTEM), instanceIds: [] }, signal);
      return instances.map(toSighting);
    },
    describeResource: async (signal) => toReport(await calls.call('ncDescribeResource', head(SYSTEM), signal)),
    describeDetails: (ids, signal) => calls.describeDetails(ids, signal),
    startNetwork: async (instance, signal) => {
      const { userId, vlan } = instance;
      const network = { remoteHosts: [], remoteHostPort: 0, vlan, uuid: uuidOf(instance) };
      await calls.call('ncStartNetwork', { ...head(userId), ...network }, signal);
    },
    runInstance: async (instance, signal) => {
      await calls.call('ncRunInstance', { ...head(instance.userId), ...toNcRunInstance(instance) }, signal);
    },
    terminateInstance: async (userId, instanceId, signal) => {
      await calls.call('ncTerminateInstance', { ...head(userId), instanceId, force: false }, signal);
    },
    rebootInstance: async (userId, instanceId, signal) => {
      // `status` of the answer is not looked at: original nodes send false on success.
      await calls.call('ncRebootInstance', { ...head(userId), instanceId }, signal);
    },
    getConsoleOutput: async (userId, instanceId, signal) => {
      const answer = await calls.call('ncGetConsoleOutput', { ...head(userId), instanceId }, signal);
      return answer.consoleOutput;
    },
    close,
  };
}

/** The order to the node, without its head. */
export function toNcRunInstance(instance: InstanceRecord): Omit<Nc.NcRunInstanceType, keyof Nc.EucalyptusMessage> {
  return {
    imageId: instance.imageId,
    ...(instance.kernelId === '' ? {} : { kernelId: instance.kernelId }),
    ...(instance.ramdiskId === '' ? {} : { ramdiskId: instance.ramdiskId }),
    imageURL: instance.imageUrl,
    ...(instance.kernelUrl === '' ? {} : { kernelURL: instance.kernelUrl }),
    ...(instance.ramdiskUrl === '' ? {} : { ramdiskURL: instance.ramdiskUrl }),
    ownerId: instance.userId,
    accountId: instance.accountId ?? NO_ACCOUNT,
    reservationId: instance.reservationId,
    instanceId: instance.id,
    uuid: uuidOf(instance),
    instanceType: toVmType(instance),
    keyName: instance.keyName,
    netParams: toNetParams(instance),
    userData: instance.userData,
    launchIndex: instance.launchIndex,
    ...(instance.platform === '' ? {} : { platform: instance.platform }),
    ...(instance.expiryTime === null ? {} : { expiryTime: instance.expiryTime.toISOString() }),
    groupNames: instance.groupNames.slice(0, 64),
    groupIds: instance.groupIds.slice(0, 64),
    secondaryNetConfig: [],
  };
}

export function toSighting(instance: Nc.InstanceType): Sighting {
  const { ownerId, instanceType, ...rest } = instance;
  const { virtualBootRecord, ...size } = instanceType;
  return { ...rest, userId: ownerId, instanceType: { ...size, deviceMapping: deviceMappingOf(virtualBootRecord) } };
}

/** Boot records that are not understood belong to instances that somebody else started: they have none here. */
function deviceMappingOf(records: readonly Nc.VirtualBootRecordType[]) {
  try {
    return fromBootRecords(
      records.filter(({ type = '' }) => /^(ephemeral|swap)/.test(type)),
      noTopology,
    ).deviceMapping;
  } catch {
    return [];
  }
}

/** A node that is disabled takes no new instances: nothing of it is available. */
export function toReport(answer: Nc.NcDescribeResourceResponseType): NodeReport {
  const disabled = answer.nodeStatus === 'disabled';
  return {
    memoryMax: answer.memorySizeMax,
    memoryAvailable: disabled ? 0 : answer.memorySizeAvailable,
    diskMax: answer.diskSizeMax,
    diskAvailable: disabled ? 0 : answer.diskSizeAvailable,
    coresMax: answer.numberOfCoresMax,
    coresAvailable: disabled ? 0 : answer.numberOfCoresAvailable,
    hypervisor: answer.hypervisor,
    iqn: answer.iqn,
  };
}
