import { wireResources } from '../instances/capacity.js';
import type { Operation, OperationParts } from './operation.js';

/** Capacity in the units of the wire: MB, GB, cores. */
export function describeResource({ controller }: Pick<OperationParts, 'controller'>): Operation<'ncDescribeResource'> {
  return () => {
    const { max, free } = controller.resources();
    const [total, available] = [wireResources(max), wireResources(free)];
    return Promise.resolve({
      nodeStatus: 'OK',
      memorySizeMax: total.memoryMb,
      memorySizeAvailable: available.memoryMb,
      diskSizeMax: total.diskGb,
      diskSizeAvailable: available.diskGb,
      numberOfCoresMax: total.cores,
      numberOfCoresAvailable: available.cores,
      publicSubnets: 'none',
    });
  };
}
