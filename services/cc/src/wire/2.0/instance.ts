import type { EucalyptusCCTypes_2_0 as Wire } from '@mallee/wsdl-types';
import type { InstanceRecord } from '../../store/instance-record.js';

/** netParams with all five elements, which original peers need. */
export function toNetParams(instance: InstanceRecord): Wire.NetConfigType {
  return {
    privateMacAddress: instance.mac,
    privateIp: instance.privateIp,
    publicIp: instance.publicIp,
    vlan: instance.vlan,
    networkIndex: instance.networkIndex,
  };
}

/** The instance as DescribeInstances and RunInstances show it. Everything that an original CLC requires is there. */
export function toCcInstance(instance: InstanceRecord): Wire.CcInstanceType {
  return {
    imageId: instance.imageId,
    kernelId: instance.kernelId,
    ramdiskId: instance.ramdiskId,
    instanceId: instance.id,
    instanceType: instance.vmType,
    keyName: instance.keyName,
    launchTime: (instance.launchTime ?? instance.createdAt).toISOString(),
    stateName: instance.state,
    netParams: toNetParams(instance),
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
