import { MalleeError } from '@mallee/errors';
import type { EucalyptusCCTypes_2_0 as Wire } from '@mallee/wsdl-types';
import type { VmType } from '../store/instance-record.js';

/** Checks a VM type of a request: every size must be above 0. Throws Wire.MalformedMessage. */
export function checkVmType(type: Wire.VirtualMachineType | undefined): VmType {
  const { name = '', memory = 0, cores = 0, disk = 0, deviceMapping = [] } = type ?? {};
  if (name === '' || memory <= 0 || cores <= 0 || disk <= 0) {
    const got = `name "${name}", ${String(memory)} MB, ${String(cores)} cores, ${String(disk)} GB`;
    throw new MalleeError(
      'Wire.MalformedMessage',
      `a VM type needs a name, memory, cores and disk above 0; got ${got}`,
    );
  }
  // Original peers crash on a mapping that lacks one of its elements.
  const mappings = deviceMapping.map((mapping) => ({
    deviceName: mapping.deviceName ?? '',
    virtualName: mapping.virtualName ?? '',
    size: mapping.size ?? 0,
    format: mapping.format ?? 'none',
  }));
  return { name, memory, cores, disk, deviceMapping: mappings };
}
