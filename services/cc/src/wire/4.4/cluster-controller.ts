import { notSupported, remarked, serve, type ServedDialect } from '@mallee/soap-rpc';
import {
  EucalyptusCC_4_4,
  type EucalyptusCCOperations_4_4 as Operations,
  type EucalyptusCCTypes_4_4 as Wire,
} from '@mallee/wsdl-types';
import type { Cluster } from '../../cluster.js';
import { describeInstances } from '../../operations/describe-instances.js';
import { describeResources } from '../../operations/describe-resources.js';
import { getConsoleOutput } from '../../operations/get-console-output.js';
import { rebootInstances } from '../../operations/reboot-instances.js';
import { runInstances } from '../../operations/run-instances.js';
import { terminateInstances } from '../../operations/terminate-instances.js';
import type { Caller } from '../head.js';
import { reasons } from '../reasons.js';
import { fromHead, success } from './head.js';
import { toCcInstance } from './instance.js';
import { fromRunInstances } from './run-instances.js';
import { changeState, describeServices } from './services.js';

/**
 * EucalyptusCC as a 4.4 cloud controller calls it. Every operation but those on the state of services fails until the
 * cluster controller is ENABLED.
 */
export function clusterController44(cluster: Cluster): ServedDialect {
  /** An operation that needs an enabled cluster controller; `run` gives what follows the head of the answer. */
  const work =
    <Request extends Wire.EucalyptusMessage, Rest extends object>(
      run: (request: Request, caller: Caller) => Promise<Rest> | Rest,
    ) =>
    async (request: Request, caller: Caller) => {
      cluster.service.learn(fromHead(request), false);
      cluster.service.requireEnabled();
      return { ...success(request, caller), ...(await run(request, caller)) };
    };
  return serve<Operations>(EucalyptusCC_4_4, {
    DescribeServices: (request, caller) => describeServices(cluster, request, caller),
    StartService: changeState(cluster, 'start'),
    EnableService: changeState(cluster, 'enable'),
    DisableService: changeState(cluster, 'disable'),
    StopService: changeState(cluster, 'stop'),
    ShutdownService: changeState(cluster, 'shutdown'),
    DescribeResources: work((request: Wire.DescribeResourcesType) => resourcesOf(cluster, request)),
    DescribeInstances: work(async () => ({ instances: (await describeInstances(cluster)).map(toCcInstance) })),
    RunInstances: remarked(
      reasons.fromImages,
      work(async (request: Wire.RunInstancesType, { correlationId }) => {
        const order = fromRunInstances(request, cluster.service.topology);
        return { instances: (await runInstances(cluster, order, correlationId)).map(toCcInstance) };
      }),
    ),
    TerminateInstances: work(async ({ instanceIds }: Wire.TerminateInstancesType, { correlationId }) => ({
      isTerminated: await terminateInstances(cluster, instanceIds, correlationId),
    })),
    RebootInstances: work(async ({ instanceIds }: Wire.RebootInstancesType) => {
      await rebootInstances(cluster, instanceIds);
      return {};
    }),
    GetConsoleOutput: work(async ({ instanceId }: Wire.GetConsoleOutputType) => ({
      consoleOutput: await getConsoleOutput(cluster, instanceId),
    })),
    // STATIC: the cluster controller gives instances addresses of one subnet, and there are no networks per group.
    DescribeNetworks: work(() => ({
      useVlans: 0,
      mode: 'STATIC',
      addrsPerNet: cluster.subnet.size,
      // Before it are the address of the network and that of the gateway, behind it that of the broadcast.
      addrIndexMin: 2,
      addrIndexMax: cluster.subnet.size - 2,
      activeNetworks: [],
    })),
    StartNetwork: work(async () => {
      await cluster.network.apply();
      return {};
    }),
    StopNetwork: remarked(
      reasons.nothingToStop,
      work(() => ({})),
    ),
    // Nothing is measured, so there is nothing to tell: an empty list, as from an original that has no values yet.
    DescribeSensors: remarked(
      reasons.noSensors,
      work(() => ({ sensorsResources: [] })),
    ),
    ConfigureNetwork: notSupported(reasons.groups),
    BroadcastNetworkInfo: notSupported(reasons.edge),
    AssignAddress: notSupported(reasons.addresses),
    UnassignAddress: notSupported(reasons.addresses),
    AttachVolume: notSupported(reasons.volumes),
    DetachVolume: notSupported(reasons.volumes),
    AttachNetworkInterface: notSupported(reasons.interfaces),
    DetachNetworkInterface: notSupported(reasons.interfaces),
    BundleInstance: notSupported(reasons.bundling),
    BundleRestartInstance: notSupported(reasons.bundling),
    CancelBundleTask: notSupported(reasons.bundling),
    CreateImage: notSupported(reasons.images),
    ModifyNode: notSupported(reasons.nodes),
    MigrateInstances: notSupported(reasons.migration),
    StartInstance: notSupported(reasons.power),
    StopInstance: notSupported(reasons.power),
  });
}

async function resourcesOf(cluster: Cluster, request: Wire.DescribeResourcesType) {
  const asked = request.instanceTypes.map((type) => ({ ...type, deviceMapping: [] }));
  const { resources, nodes } = await describeResources(cluster, asked);
  return {
    resources: resources.map(({ type: { name, memory, cores, disk }, max, available }) => ({
      instanceType: { name, memory, cores, disk, virtualBootRecord: [] },
      maxInstances: max,
      availableInstances: available,
    })),
    serviceTags: nodes.map((node) => node.url),
    nodes: nodes.map(({ url, iqn, hypervisor }) => ({
      serviceTag: url,
      ...(iqn === '' ? {} : { iqn }),
      ...(hypervisor === '' ? {} : { hypervisor }),
    })),
  };
}
