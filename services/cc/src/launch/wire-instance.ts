import type { EucalyptusCCTypes_2_0 as Cc, EucalyptusNCTypes_2_0 as Nc } from '@mallee/wsdl-types';
import type { InstanceRecord } from '../store/instance-record.js';

/** netParams with all five elements, which original peers need. */
export function netParams(instance: InstanceRecord): Cc.NetConfigType {
  return {
    privateMacAddress: instance.mac,
    privateIp: instance.privateIp,
    publicIp: instance.publicIp,
    vlan: instance.vlan,
    networkIndex: instance.networkIndex,
  };
}

/** The instance as DescribeInstances and RunInstances show it to the CLC. */
export function toCcInstance(instance: InstanceRecord): Cc.CcInstanceType {
  return {
    imageId: instance.imageId,
    kernelId: instance.kernelId,
    ramdiskId: instance.ramdiskId,
    instanceId: instance.id,
    instanceType: instance.vmType,
    keyName: instance.keyName,
    launchTime: (instance.launchTime ?? instance.createdAt).toISOString(),
    stateName: instance.state,
    netParams: netParams(instance),
    ownerId: instance.userId,
    reservationId: instance.reservationId,
    serviceTag: instance.nodeUrl ?? '',
    userData: instance.userData,
    launchIndex: instance.launchIndex,
    ...(instance.platform === '' ? {} : { platform: instance.platform }),
    bundleTaskStateName: instance.bundleState,
    groupNames: instance.groupNames.slice(0, 64),
    volumes: instance.volumes,
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
    netParams: netParams(instance),
    userData: instance.userData,
    launchIndex: instance.launchIndex,
    ...(instance.platform === '' ? {} : { platform: instance.platform }),
    groupNames: instance.groupNames.slice(0, 64),
  };
}
