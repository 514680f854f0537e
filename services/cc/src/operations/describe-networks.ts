import { success, type Operation } from './operation.js';

/** Mode 0 on the wire (no networks per group): one subnet of its own serves the cluster. */
export const describeNetworks: Operation<'DescribeNetworks'> = (cluster, request, context) =>
  Promise.resolve({
    ...success(request, context),
    mode: 0,
    addrsPerNet: cluster.subnet.size,
    activeNetworks: [],
  });
