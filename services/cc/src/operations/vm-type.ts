import { MalleeError } from '@mallee/errors';
import type { DeviceMapping, VmType } from '../store/instance-record.js';

/** A VM type as a request has it, still unchecked. MB, cores, GB. */
export interface AskedVmType {
  readonly name?: string | undefined;
  readonly memory?: number | undefined;
  readonly cores?: number | undefined;
  readonly disk?: number | undefined;
  readonly deviceMapping: readonly DeviceMapping[];
}

/** Checks a VM type of a request: every size must be above 0. Throws Wire.MalformedMessage. */
export function checkVmType(type: AskedVmType): VmType {
  const { name = '', memory = 0, cores = 0, disk = 0, deviceMapping } = type;
  if (name === '' || memory <= 0 || cores <= 0 || disk <= 0) {
    const got = `name "${name}", ${String(memory)} MB, ${String(cores)} cores, ${String(disk)} GB`;
    throw new MalleeError(
      'Wire.MalformedMessage',
      `a VM type needs a name, memory, cores and disk above 0; got ${got}`,
    );
  }
  return { name, memory, cores, disk, deviceMapping };
}
