import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { liveIdentity, loadTrusted, type DaemonContext, type RunningDaemon } from '@mallee/daemon';
import { createPool, migrate } from '@mallee/database';
import { jobsMigrations, startOutboxRelay, startWorker } from '@mallee/jobs';
import { joiningMigrations, serveJoining } from '@mallee/joining';
import { hostBridgeNetwork, parseSubnet, UserNetwork, type ClusterNetwork } from '@mallee/network';
import { SoapClient } from '@mallee/soap-rpc';
import {
  MalleeCloud,
  MalleeExtension,
  type MalleeCloudOperations,
  type MalleeExtensionOperations,
  type ServiceTable,
} from '@mallee/wsdl-types';
import { CloudHints } from './cloud-hints.js';
import type { Cluster } from './cluster.js';
import { queueName, schemaName, type ClusterConfig } from './config.js';
import { watchConfig } from './config-watch.js';
import { JoinedNodes } from './joining/joined-nodes.js';
import { NodeReport } from './joining/node-report.js';
import { NodeRegistrar } from './joining/node-registrar.js';
import { launchWorkflow, terminateWorkflow } from './launch/workflows.js';
import { NetworkController } from './network-controller.js';
import { NodeClients } from './nodes/node-clients.js';
import { Poller } from './poll/poller.js';
import { ClusterService } from './service/cluster-service.js';
import { serveSoap } from './soap.js';
import { configureNodes } from './store/nodes.js';

const migrations = fileURLToPath(new URL('../migrations', import.meta.url));

export interface StartOptions {
  /** Read again when it changes; absent: the configuration stays as it is. */
  readonly configFile?: string;
  /** In place of the one that `network.mode` names. */
  readonly network?: ClusterNetwork;
}

/** Wires the cluster controller. Everything it knows is in Postgres: what was under way when it died goes on now. */
export async function startCluster(
  context: DaemonContext<ClusterConfig>,
  options: StartOptions = {},
): Promise<RunningDaemon> {
  const { logger, metrics, health, http } = context;
  let current = context.config;
  let effective = current;
  const config = () => effective;
  const pool = createPool(current.databaseUrl, { schema: schemaName(current.cluster) });
  await migrate(pool, {
    schema: schemaName(current.cluster),
    directories: [jobsMigrations, joiningMigrations, migrations],
  });
  const joined = new JoinedNodes(pool, join(current.stateDirectory, 'joined-nodes'), logger);
  await joined.refresh();
  effective = joined.addTo(current);
  await configureNodes(pool, effective.nodes);

  const identity = liveIdentity(current, logger);
  const trustedCloud = (): string[] => loadTrusted(current, 'cloud');
  const toCloud = (service: ServiceTable) => ({
    service,
    url: new URL(service.path, current.cloudUrl).href,
    identity,
    peerCertificates: trustedCloud,
    ...(current.cloudUrl.startsWith('https:') ? { tls: { pinnedCertificates: trustedCloud } } : {}),
    breaker: { maxWaitMs: 10_000 },
    logger,
    metrics,
  });
  const cloudClient = new SoapClient<MalleeExtensionOperations>(toCloud(MalleeExtension));
  const nodesClient = new SoapClient<MalleeCloudOperations>(toCloud(MalleeCloud));
  const report = new NodeReport(nodesClient, config, logger);
  const poller = new Poller();
  const network = options.network ?? makeNetwork(current, (message) => logger.warn({ network: true }, message));
  const controller = new NetworkController(network, current, pool);
  const cluster: Cluster = {
    config,
    pool,
    logger,
    metrics,
    subnet: parseSubnet(current.network.subnet),
    nodes: new NodeClients(config, identity, logger, metrics),
    network: controller,
    poller,
    cloud: new CloudHints(cloudClient, current.cluster, logger),
    service: new ClusterService({ enableItself: current.enableItself, check: () => controller.check() }),
  };
  // Fails here, with the command that failed, rather than at the first launch.
  await cluster.network.apply();

  health.check('database', async () => void (await pool.query('select 1')));
  health.check('network', () => Promise.resolve(cluster.network.check()));
  serveSoap(cluster, http);
  const queue = {
    queueUrl: current.queueUrl,
    ...(current.queuePrefix === undefined ? {} : { prefix: current.queuePrefix }),
  };
  const relay = startOutboxRelay({ ...queue, pool, logger });
  const workflows = [launchWorkflow(cluster), terminateWorkflow(cluster)];
  const worker = await startWorker({
    ...queue,
    queueName: queueName(current.cluster),
    workflows,
    pool,
    logger,
    metrics,
  });
  await poller.start(cluster);
  const watch = options.configFile === undefined ? undefined : watchConfig(options.configFile, logger, apply);

  joined.watch(applyNodes);
  report.start();
  const registrar = new NodeRegistrar({
    config,
    certificate: () => identity().certificatePem,
    changed: async () => {
      if (await joined.refresh()) await applyNodes();
      report.look();
    },
  });
  const joining = await serveJoining({ ...context, pool, registrars: { node: registrar } });

  async function apply(next: ClusterConfig): Promise<void> {
    // Only these may change while instances live; the rest needs a restart.
    current = { ...current, nodes: next.nodes, scheduler: next.scheduler };
    await applyNodes();
  }

  async function applyNodes(): Promise<void> {
    effective = joined.addTo(current);
    await configureNodes(pool, effective.nodes);
    await poller.refresh();
  }

  return {
    // The network stays: guests go on running, and go on renewing their addresses.
    stop: async () => {
      watch?.stop();
      await joining.close();
      await joined.stop();
      await report.stop();
      await poller.stop();
      await worker.stop();
      await relay.stop();
      cluster.cloud.close();
      cluster.nodes.close();
      cloudClient.close();
      nodesClient.close();
      await pool.end();
    },
  };
}

/** The network of `network.mode`. */
export function makeNetwork(config: ClusterConfig, log: (message: string) => void): ClusterNetwork {
  if (config.network.mode === 'user') return new UserNetwork();
  return hostBridgeNetwork(`${config.stateDirectory}/dhcp`, log);
}
