import { MalleeError } from '@mallee/errors';
import type { EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import type { LaunchOrder } from '../../operations/run-instances.js';
import type { Topology } from '../../service/topology.js';
import { fromBootRecords } from './boot-records.js';

/**
 * Images are named by boot records; the older elements count where there is no record. macAddresses, networkIndexList and
 * privateIps are left out: they follow from what the cluster decides.
 * @throws Wire.OperationNotSupported for further network interfaces and volumes as disks
 */
export function fromRunInstances(request: Wire.RunInstancesType, topology: Topology): LaunchOrder {
  if (request.secondaryNetConfig.length > 0) {
    throw new MalleeError('Wire.OperationNotSupported', 'an instance has one network interface');
  }
  const { virtualBootRecord = [], ...size } = request.instanceType ?? {};
  const { image, kernel, ramdisk, deviceMapping } = fromBootRecords(virtualBootRecord, topology);
  return {
    userId: request.ownerId ?? request.userId ?? 'eucalyptus',
    uuids: request.uuids,
    accountId: request.accountId ?? null,
    expiryTime: request.expiryTime === undefined ? null : new Date(request.expiryTime),
    reservationId: request.reservationId,
    instanceIds: request.instanceIds,
    minCount: request.minCount,
    maxCount: request.maxCount,
    imageId: request.imageId ?? image?.id ?? '',
    kernelId: request.kernelId ?? kernel?.id ?? '',
    ramdiskId: request.ramdiskId ?? ramdisk?.id ?? '',
    imageUrl: image?.url ?? request.imageURL ?? '',
    kernelUrl: kernel?.url ?? request.kernelURL ?? '',
    ramdiskUrl: ramdisk?.url ?? request.ramdiskURL ?? '',
    vmType: { ...size, deviceMapping },
    keyName: request.keyName ?? '',
    userData: request.userData,
    launchIndex: request.launchIndex,
    platform: request.platform ?? '',
    groupNames: request.netNames,
    groupIds: request.netIds,
    vlan: request.vlan,
  };
}
