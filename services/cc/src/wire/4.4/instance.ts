import { createHash } from 'node:crypto';
import type { EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import type { InstanceRecord } from '../../store/instance-record.js';
import { toBootRecords } from './boot-records.js';

/** Where a message needs an account and nobody named one. */
export const NO_ACCOUNT = '000000000000';

/** The one interface of an instance; both elements in front are required. */
export function toNetParams(instance: InstanceRecord): Wire.NetConfigType {
  return {
    interfaceId: instance.id,
    device: 0,
    privateMacAddress: instance.mac,
    privateIp: instance.privateIp,
    publicIp: instance.publicIp,
    vlan: instance.vlan,
    networkIndex: instance.networkIndex,
  };
}

export function toVmType(instance: InstanceRecord): Wire.VirtualMachineType {
  const { name, memory, cores, disk } = instance.vmType;
  return { name, memory, cores, disk, virtualBootRecord: toBootRecords(instance) };
}

/** The UUID of an instance; one that was started by a peer of dialect 2.0 gets one that follows from its id. */
export function uuidOf({ uuid, id }: Pick<InstanceRecord, 'uuid' | 'id'>): string {
  if (uuid !== null) return uuid;
  const hex = createHash('sha256').update(`mallee instance ${id}`).digest('hex');
  // Version 8: of our own making.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** The instance as DescribeInstances and RunInstances show it. */
export function toCcInstance(instance: InstanceRecord): Wire.CcInstanceType {
  return {
    uuid: uuidOf(instance),
    imageId: instance.imageId,
    kernelId: instance.kernelId,
    ramdiskId: instance.ramdiskId,
    instanceId: instance.id,
    instanceType: toVmType(instance),
    keyName: instance.keyName,
    launchTime: (instance.launchTime ?? instance.createdAt).toISOString(),
    ...(instance.expiryTime === null ? {} : { expiryTime: instance.expiryTime.toISOString() }),
    stateName: instance.state,
    netParams: toNetParams(instance),
    ownerId: instance.userId,
    accountId: instance.accountId ?? NO_ACCOUNT,
    reservationId: instance.reservationId,
    serviceTag: instance.nodeUrl ?? '',
    userData: instance.userData,
    launchIndex: instance.launchIndex,
    ...(instance.platform === '' ? {} : { platform: instance.platform }),
    bundleTaskStateName: instance.bundleState,
    createImageStateName: 'none',
    guestStateName: instance.state === 'Extant' ? 'poweredOn' : 'poweredOff',
    migrationStateName: 'none',
    groupNames: instance.groupNames,
    volumes: instance.volumes,
    secondaryNetConfig: [],
  };
}
