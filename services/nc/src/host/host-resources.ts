import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Resources } from '../instances/capacity.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
/** Memory that the host keeps for itself, as in the original. */
const HOST_MEMORY_BYTES = 256 * MIB;

export interface ConfiguredLimits {
  readonly memoryMb: number;
  readonly cores: number;
  readonly diskGb: number;
}

/**
 * What instances may take in total. A configured number above zero counts as given; zero asks the host.
 * @param ownBytes bytes that instances of this node occupy already, so that a restart does not shrink the node
 */
export async function hostResources(
  limits: ConfiguredLimits,
  instancesDirectory: string,
  ownBytes = 0,
): Promise<Resources> {
  const { bavail, bsize } = await statfs(instancesDirectory);
  return {
    memoryBytes: limits.memoryMb > 0 ? limits.memoryMb * MIB : Math.max(0, totalmem() - HOST_MEMORY_BYTES),
    cores: limits.cores > 0 ? limits.cores : availableParallelism(),
    diskBytes: limits.diskGb > 0 ? limits.diskGb * GIB : bavail * bsize + ownBytes,
  };
}
