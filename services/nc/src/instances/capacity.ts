import { MalleeError } from '@mallee/errors';
import { occupies } from './lifecycle.js';
import type { InstanceRecord, LaunchRequest } from './record.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export interface Resources {
  readonly memoryBytes: number;
  readonly cores: number;
  readonly diskBytes: number;
}

/** What one instance takes; the disk counts in full although an overlay grows only as the guest writes. */
export function demandOf(launch: LaunchRequest): Resources {
  const { memoryMb, cores, diskGb } = launch.type;
  return { memoryBytes: memoryMb * MIB, cores, diskBytes: diskGb * GIB };
}

/** What is left of `limits`, never below zero. */
export function freeResources(limits: Resources, records: readonly InstanceRecord[]): Resources {
  const used = { memoryBytes: 0, cores: 0, diskBytes: 0 };
  for (const record of records.filter(occupies)) {
    const demand = demandOf(record.launch);
    used.memoryBytes += demand.memoryBytes;
    used.cores += demand.cores;
    used.diskBytes += demand.diskBytes;
  }
  return {
    memoryBytes: Math.max(0, limits.memoryBytes - used.memoryBytes),
    cores: Math.max(0, limits.cores - used.cores),
    diskBytes: Math.max(0, limits.diskBytes - used.diskBytes),
  };
}

/** @throws Node.InsufficientResources that names what is short */
export function checkAdmission(limits: Resources, records: readonly InstanceRecord[], launch: LaunchRequest): void {
  const free = freeResources(limits, records);
  const demand = demandOf(launch);
  const short: string[] = [];
  if (demand.memoryBytes > free.memoryBytes) {
    short.push(`memory: ${demand.memoryBytes / MIB} MB wanted, ${Math.floor(free.memoryBytes / MIB)} MB free`);
  }
  if (demand.cores > free.cores) short.push(`cores: ${demand.cores} wanted, ${free.cores} free`);
  if (demand.diskBytes > free.diskBytes) {
    short.push(`disk: ${demand.diskBytes / GIB} GB wanted, ${Math.floor(free.diskBytes / GIB)} GB free`);
  }
  if (short.length > 0) throw new MalleeError('Node.InsufficientResources', short.join('; '));
}

/** The report of the wire: memory in MB, disk in GB, whole numbers. */
export function wireResources(resources: Resources): { memoryMb: number; cores: number; diskGb: number } {
  return {
    memoryMb: Math.floor(resources.memoryBytes / MIB),
    cores: resources.cores,
    diskGb: Math.floor(resources.diskBytes / GIB),
  };
}
