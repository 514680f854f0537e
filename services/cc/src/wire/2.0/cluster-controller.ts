import { notSupported, remarked, serve, type ServedDialect } from '@mallee/soap-rpc';
import { EucalyptusCC_2_0, type EucalyptusCCOperations_2_0 } from '@mallee/wsdl-types';
import type { Cluster } from '../../cluster.js';
import { describeInstances } from '../../operations/describe-instances.js';
import { describeResources } from '../../operations/describe-resources.js';
import { getConsoleOutput } from '../../operations/get-console-output.js';
import { rebootInstances } from '../../operations/reboot-instances.js';
import { runInstances } from '../../operations/run-instances.js';
import { terminateInstances } from '../../operations/terminate-instances.js';
import { success } from '../head.js';
import { reasons } from '../reasons.js';
import { toCcInstance } from './instance.js';
import { fromRunInstances } from './run-instances.js';
import { fromVmType } from './vm-type.js';

/** EucalyptusCC as a 2.0 cloud controller calls it. */
export function clusterController20(cluster: Cluster): ServedDialect {
  return serve<EucalyptusCCOperations_2_0>(EucalyptusCC_2_0, {
    DescribeResources: async (request, caller) => {
      const { resources, nodes } = await describeResources(cluster, request.instanceTypes.map(fromVmType));
      return {
        ...success(request, caller),
        resources: resources.map(({ type, max, available }) => ({
          instanceType: type,
          maxInstances: max,
          availableInstances: available,
        })),
        // The CLC builds its map of nodes from these.
        serviceTags: nodes.map((node) => node.url),
      };
    },
    // Whatever ids are asked for: the CLC relies on getting all.
    DescribeInstances: async (request, caller) => ({
      ...success(request, caller),
      instances: (await describeInstances(cluster)).map(toCcInstance),
    }),
    RunInstances: remarked(reasons.ownAddresses, async (request, caller) => {
      const instances = await runInstances(cluster, fromRunInstances(request), caller.correlationId);
      return { ...success(request, caller), instances: instances.map(toCcInstance) };
    }),
    TerminateInstances: async (request, caller) => ({
      ...success(request, caller),
      isTerminated: await terminateInstances(cluster, request.instanceIds, caller.correlationId),
    }),
    RebootInstances: async (request, caller) => {
      await rebootInstances(cluster, request.instanceIds);
      return success(request, caller);
    },
    GetConsoleOutput: async (request, caller) => ({
      ...success(request, caller),
      consoleOutput: await getConsoleOutput(cluster, request.instanceId),
    }),
    // Mode 0 (no networks per group): one subnet of its own serves the cluster.
    DescribeNetworks: (request, caller) =>
      Promise.resolve({
        ...success(request, caller),
        mode: 0,
        addrsPerNet: cluster.subnet.size,
        activeNetworks: [],
      }),
    // Nothing to start per group; the cluster's own network is made sure of.
    StartNetwork: async (request, caller) => {
      await cluster.network.apply();
      return success(request, caller);
    },
    StopNetwork: remarked(reasons.nothingToStop, (request, caller) => Promise.resolve(success(request, caller))),
    // A negative answer with this very text: the CLC takes it as "none", not as an error.
    DescribePublicAddresses: remarked(reasons.noPublicAddresses, (request, caller) =>
      Promise.resolve({
        ...success(request, caller),
        statusMessage: 'NOTSUPPORTED',
        return: false,
        sourceAddresses: [],
        destAddresses: [],
      }),
    ),
    DescribeBundleTasks: async (request, caller) => {
      const wanted = new Set(request.instanceIds);
      const all = await describeInstances(cluster);
      const instances = wanted.size === 0 ? all : all.filter(({ id }) => wanted.has(id));
      const bundleTasks = instances.map(({ id, bundleState }) => ({ instanceId: id, state: bundleState }));
      return { ...success(request, caller), bundleTasks };
    },
    ConfigureNetwork: notSupported(reasons.groups),
    AssignAddress: notSupported(reasons.addresses),
    UnassignAddress: notSupported(reasons.addresses),
    AttachVolume: notSupported(reasons.volumes),
    DetachVolume: notSupported(reasons.volumes),
    BundleInstance: notSupported(reasons.bundling),
    CancelBundleTask: notSupported(reasons.bundling),
  });
}
