import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { liveIdentity, loadTrusted, type DaemonContext, type Logger, type RunningDaemon } from '@mallee/daemon';
import { chooseDomainType, LibvirtDriver, SimulatedDriver, type HypervisorDriver } from '@mallee/hypervisor';
import { HostExec, NftDriver } from '@mallee/network';
import { SoapServer } from '@mallee/soap-rpc';
import { clusterHints } from './cluster-hints.js';
import type { NodeConfig } from './config.js';
import { InstanceWork } from './controller/instance-work.js';
import { NodeController } from './controller/node-controller.js';
import { hostResources } from './host/host-resources.js';
import { BridgeNodeNetwork, UserNodeNetwork, type NodeNetwork } from './host/node-network.js';
import { ImageCache } from './images/image-cache.js';
import { WalrusImages } from './images/walrus-images.js';
import { InstanceFiles } from './instances/instance-files.js';
import { InstanceTable } from './instances/instance-table.js';
import { occupies, wireState } from './instances/lifecycle.js';
import { instanceIdOf } from './instances/record.js';
import { JsonRecordFiles } from './instances/record-files.js';
import { diskHook } from './launch/disk-hook.js';
import { domainHook } from './launch/domain-hook.js';
import { imageCacheHook } from './launch/image-cache-hook.js';
import { keyHook } from './launch/key-hook.js';
import { metadataHook } from './launch/metadata-hook.js';
import { networkHook } from './launch/network-hook.js';
import { MetadataServer } from './metadata/metadata-server.js';
import { initiatorName } from './node/initiator-name.js';
import { NodeState } from './node/node-state.js';
import { soapDialects } from './soap-dialects.js';

/** Wires the node controller together; the HTTP port is opened by the caller afterwards. */
export async function start(context: DaemonContext<NodeConfig>): Promise<RunningDaemon> {
  const { config, logger, metrics, health } = context;
  for (const directory of [config.stateDirectory, config.instancesDirectory, config.cacheDirectory]) {
    await mkdir(directory, { recursive: true, mode: 0o711 });
  }
  const identity = liveIdentity(config);
  const table = new InstanceTable(new JsonRecordFiles(join(config.stateDirectory, 'records')));
  const files = new InstanceFiles(config.instancesDirectory, join(config.stateDirectory, 'consoles'));
  const driver = await makeDriver(config, logger);
  const cacheOutcomes = metrics.counter('nc_image_cache_total', 'Images asked for, by outcome.', ['outcome']);
  const cache = new ImageCache({
    directory: config.cacheDirectory,
    maxBytes: config.cacheMaxBytes,
    source: new WalrusImages(identity),
    urlPrefixes: config.walrus.urlPrefixes,
    inUse: () => imagesInUse(table),
    onOutcome: (outcome) => cacheOutcomes.inc({ outcome }),
  });
  await cache.open();
  const metadata = makeMetadataServer(context, table);
  const network = makeNetwork(config, metadata);
  const launchSeconds = metrics.histogram('nc_launch_seconds', 'From acceptance to a running domain.');
  const work = new InstanceWork({
    table,
    driver,
    logger,
    now,
    stagingHooks: [
      imageCacheHook(cache),
      diskHook(files, cache, config.diskMode),
      keyHook(files),
      networkHook(network),
      metadataHook(network),
    ],
    domainHook: domainHook({ driver, files, cache, network, gracefulSeconds: config.gracefulSeconds }),
    onLaunched: (seconds) => launchSeconds.observe(seconds),
  });
  const limits = await hostResources(config.limits, config.instancesDirectory, cache.usedBytes());
  const node = await NodeState.open(join(config.stateDirectory, 'node.json'));
  const controller = new NodeController({
    table,
    work,
    files,
    driver,
    node,
    limits,
    timings: config.timings,
    logger,
    now,
  });
  const hints = clusterHints(context);
  table.onStateChange((record) => hints?.changed(instanceIdOf(record)));
  health.check('hypervisor', async () => void (await driver.fingerprint()));
  countInstances(context, table);

  // Guests on a bridge reach the metadata server by the redirect; in user mode they cannot.
  if (config.network.mode === 'bridge') {
    await metadata.listen();
    await network.redirectMetadata();
  }
  await controller.start();

  const iqn = await initiatorName();
  const soap = new SoapServer(context);
  const trusted = (): string[] => loadTrusted(config, 'cluster');
  for (const dialects of soapDialects({ controller, network, iqn })) soap.route(dialects, { trusted });
  logger.info({ limits, network: config.network.mode }, 'node controller ready');

  return {
    stop: async () => {
      hints?.close();
      await controller.stop();
      await metadata.close();
      await network.release();
    },
  };
}

function now(): Date {
  return new Date();
}

async function makeDriver(config: NodeConfig, logger: Logger): Promise<HypervisorDriver> {
  const { driver, uri, domainType, domainTag, probeKernel, qemu } = config.hypervisor;
  if (driver === 'simulated') return new SimulatedDriver();
  const choice = await chooseDomainType({
    setting: domainType,
    resultFile: join(config.stateDirectory, 'kvm-probe.json'),
    qemu,
    ...(probeKernel === undefined ? {} : { kernel: probeKernel }),
  });
  logger.info(choice, `guests run with domain type ${choice.domainType}`);
  return new LibvirtDriver({ uri, domainType: choice.domainType, tag: domainTag });
}

function makeNetwork({ network, hypervisor }: NodeConfig, metadata: MetadataServer): NodeNetwork {
  if (network.mode === 'user') return new UserNodeNetwork(network.subnet, network.gateway, network.outbound);
  return new BridgeNodeNetwork({
    bridge: network.bridge,
    tag: hypervisor.domainTag,
    filter: new NftDriver(new HostExec()),
    metadataPort: () => metadata.port(),
  });
}

function makeMetadataServer({ config, metrics }: DaemonContext<NodeConfig>, table: InstanceTable): MetadataServer {
  const requests = metrics.counter('nc_metadata_requests_total', 'Metadata requests.', ['version', 'status']);
  return new MetadataServer({
    host: config.metadata.host,
    port: config.metadata.port,
    zone: config.cluster,
    instanceAt: (address) =>
      table
        .all()
        .find(
          (record) => record.launch.network.privateIp === address && record.state !== 'Stopping' && occupies(record),
        ),
    onRequest: (version, status) => requests.inc({ version, status: String(status) }),
  });
}

function imagesInUse(table: InstanceTable): ReadonlySet<string> {
  const images = table
    .all()
    .filter(occupies)
    .flatMap(({ images }) => Object.values(images ?? {}));
  return new Set(images.map(({ sha256 }) => sha256));
}

function countInstances({ metrics }: DaemonContext<NodeConfig>, table: InstanceTable): void {
  const gauge = metrics.gauge('nc_instances', 'Instances by state of the wire.', ['state']);
  const count = (): void => {
    gauge.reset();
    for (const record of table.all()) gauge.inc({ state: wireState(record) });
  };
  table.onStateChange(count);
}
