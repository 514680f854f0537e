import type { EucalyptusNCTypes_2_0 as Nc } from '@mallee/wsdl-types';
import type { LaunchRequest } from '../instances/record.js';

/** The launch in the form of the wire. */
export function runInstanceMessage(launch: LaunchRequest): Nc.NcRunInstanceType {
  return {
    correlationId: '6f2c0a52-6a3a-4b7e-9d1f-2f4c8f0c1a11',
    userId: launch.ownerId,
    imageId: launch.imageId,
    kernelId: launch.kernelId,
    ramdiskId: launch.ramdiskId,
    imageURL: launch.imageUrl,
    kernelURL: launch.kernelUrl,
    ramdiskURL: launch.ramdiskUrl,
    reservationId: launch.reservationId,
    instanceId: launch.instanceId,
    instanceType: {
      name: launch.type.name,
      memory: launch.type.memoryMb,
      cores: launch.type.cores,
      disk: launch.type.diskGb,
      deviceMapping: [],
    },
    keyName: launch.publicKey,
    netParams: {
      privateMacAddress: launch.network.mac,
      privateIp: launch.network.privateIp,
      publicIp: launch.network.publicIp,
      vlan: launch.network.vlan,
      networkIndex: launch.network.networkIndex,
    },
    userData: launch.userData,
    launchIndex: launch.launchIndex,
    groupNames: launch.groupNames,
  };
}
