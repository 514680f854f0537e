import type { NodeController } from '../controller/node-controller.js';
import { wireResources } from '../instances/capacity.js';

/** Capacity in the units of the wire (MB, GB, cores), with the names that both dialects have. */
export interface NodeReport {
  readonly memorySizeMax: number;
  readonly memorySizeAvailable: number;
  readonly diskSizeMax: number;
  readonly diskSizeAvailable: number;
  readonly numberOfCoresMax: number;
  readonly numberOfCoresAvailable: number;
  readonly publicSubnets: string;
}

export function nodeReport(controller: NodeController): NodeReport {
  const { max, free } = controller.resources();
  const [total, available] = [wireResources(max), wireResources(free)];
  return {
    memorySizeMax: total.memoryMb,
    memorySizeAvailable: available.memoryMb,
    diskSizeMax: total.diskGb,
    diskSizeAvailable: available.diskGb,
    numberOfCoresMax: total.cores,
    numberOfCoresAvailable: available.cores,
    publicSubnets: 'none',
  };
}
