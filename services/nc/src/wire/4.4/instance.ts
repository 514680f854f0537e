import { createHash } from 'node:crypto';
import type { EucalyptusNCTypes_4_4 as Nc } from '@mallee/wsdl-types';
import { wireState } from '../../instances/lifecycle.js';
import { publicIpOf, type InstanceRecord } from '../../instances/record.js';

/** The instance as 4.4 reports it: every required element, and no state left for the reader to guess. */
export function instance44(record: InstanceRecord): Nc.InstanceType {
  const { launch } = record;
  const state = wireState(record);
  return {
    uuid: launch.uuid ?? uuidOf(launch.instanceId),
    reservationId: launch.reservationId,
    instanceId: launch.instanceId,
    imageId: launch.imageId,
    kernelId: launch.kernelId ?? '',
    ramdiskId: launch.ramdiskId ?? '',
    userId: launch.ownerId,
    ownerId: launch.ownerId,
    accountId: launch.accountId ?? launch.ownerId,
    keyName: launch.publicKey,
    instanceType: {
      name: launch.type.name,
      memory: launch.type.memoryMb,
      cores: launch.type.cores,
      disk: launch.type.diskGb,
      virtualBootRecord: [],
    },
    netParams: {
      // The one interface has no id of its own: 4.4 names it by the instance.
      interfaceId: launch.instanceId,
      device: 0,
      privateMacAddress: launch.network.mac,
      privateIp: launch.network.privateIp,
      publicIp: publicIpOf(record),
      vlan: launch.network.vlan,
      networkIndex: launch.network.networkIndex,
    },
    stateName: state,
    bundleTaskStateName: 'none',
    createImageStateName: 'none',
    launchTime: record.launchTime,
    ...(launch.expiryTime === undefined ? {} : { expiryTime: launch.expiryTime }),
    guestStateName: state === 'Extant' ? 'poweredOn' : 'poweredOff',
    migrationStateName: 'none',
    userData: launch.userData,
    launchIndex: launch.launchIndex,
    platform: launch.platform ?? 'linux',
    groupNames: launch.groupNames,
    groupIds: launch.groupIds ?? [],
    volumes: [],
    hasFloopy: 0,
    secondaryNetConfig: [],
  };
}

/** An instance that was launched in the other dialect has no UUID; it gets one that is always the same (RFC 9562, version 8). */
function uuidOf(instanceId: string): string {
  const hex = createHash('sha256').update(`mallee instance ${instanceId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
