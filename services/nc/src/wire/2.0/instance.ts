import type { EucalyptusNCTypes_2_0 as Nc } from '@mallee/wsdl-types';
import { wireState } from '../../instances/lifecycle.js';
import { publicIpOf, type InstanceRecord } from '../../instances/record.js';

/** The instance as 2.0 reports it. Original cluster controllers crash on a missing text, so none is left out. */
export function instance20(record: InstanceRecord): Nc.InstanceType {
  const { launch } = record;
  return {
    reservationId: launch.reservationId,
    instanceId: launch.instanceId,
    imageId: launch.imageId,
    kernelId: launch.kernelId ?? '',
    ramdiskId: launch.ramdiskId ?? '',
    userId: launch.ownerId,
    keyName: launch.publicKey,
    instanceType: {
      name: launch.type.name,
      memory: launch.type.memoryMb,
      cores: launch.type.cores,
      disk: launch.type.diskGb,
      deviceMapping: [],
    },
    netParams: {
      privateMacAddress: launch.network.mac,
      privateIp: launch.network.privateIp,
      publicIp: publicIpOf(record),
      vlan: launch.network.vlan,
      networkIndex: launch.network.networkIndex,
    },
    stateName: wireState(record),
    bundleTaskStateName: 'none',
    launchTime: record.launchTime,
    userData: launch.userData,
    launchIndex: launch.launchIndex,
    platform: launch.platform ?? 'linux',
    groupNames: launch.groupNames,
    volumes: [],
  };
}
