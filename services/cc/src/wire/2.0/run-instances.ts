import type { EucalyptusCCTypes_2_0 as Wire } from '@mallee/wsdl-types';
import type { LaunchOrder } from '../../operations/run-instances.js';
import { fromVmType } from './vm-type.js';

/** macAddresses and networkIndexList are left out: both follow from what the cluster decides. */
export function fromRunInstances(request: Wire.RunInstancesType): LaunchOrder {
  return {
    userId: request.userId ?? 'eucalyptus',
    uuids: [],
    accountId: null,
    expiryTime: null,
    reservationId: request.reservationId,
    instanceIds: request.instanceIds,
    minCount: request.minCount,
    maxCount: request.maxCount,
    imageId: request.imageId ?? '',
    kernelId: request.kernelId ?? '',
    ramdiskId: request.ramdiskId ?? '',
    imageUrl: request.imageURL ?? '',
    kernelUrl: request.kernelURL ?? '',
    ramdiskUrl: request.ramdiskURL ?? '',
    vmType: fromVmType(request.instanceType),
    keyName: request.keyName ?? '',
    userData: request.userData,
    launchIndex: request.launchIndex,
    platform: request.platform ?? '',
    groupNames: request.netNames,
    groupIds: [],
    vlan: request.vlan,
  };
}
