import type { EucalyptusCCTypes_2_0 as Wire } from '@mallee/wsdl-types';
import type { DeviceMapping } from '../../store/instance-record.js';
import type { AskedVmType } from '../../operations/vm-type.js';

/** A VM type of a request. */
export function fromVmType(type: Wire.VirtualMachineType | undefined): AskedVmType {
  const { deviceMapping = [], ...size } = type ?? {};
  return { ...size, deviceMapping: toDeviceMapping(deviceMapping) };
}

/** Original peers crash on a mapping that lacks one of its elements. */
export function toDeviceMapping(mappings: readonly Wire.DeviceMappingType[]): DeviceMapping[] {
  return mappings.map((mapping) => ({
    deviceName: mapping.deviceName ?? '',
    virtualName: mapping.virtualName ?? '',
    size: mapping.size ?? 0,
    format: mapping.format ?? 'none',
  }));
}
