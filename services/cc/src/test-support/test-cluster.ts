import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, Health, HttpListener, Metrics, type RunningDaemon } from '@mallee/daemon';
import { createPool } from '@mallee/database';
import type { ClusterNetwork, DesiredNetwork } from '@mallee/network';
import { createSoapHandler, SoapClient } from '@mallee/soap-rpc';
import {
  EucalyptusCC_2_0,
  EucalyptusGL_2_0,
  MalleeExtension,
  type EucalyptusCCOperations_2_0,
  type EucalyptusCCTypes_2_0 as Cc,
  type EucalyptusGLOperations_2_0,
  type MalleeExtensionOperations,
  type MalleeExtensionTypes,
} from '@mallee/wsdl-types';
import { clusterConfigSchema, schemaName, type ClusterConfig } from '../config.js';
import { startCluster } from '../start.js';
import type { Keys } from './keys.js';

/** A ClusterNetwork that remembers what it was asked for. */
export class RecordingNetwork implements ClusterNetwork {
  state: DesiredNetwork | undefined;

  apply(state: DesiredNetwork): Promise<void> {
    this.state = state;
    return Promise.resolve();
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Surroundings {
  readonly directory: string;
  readonly keys: Keys;
  readonly databaseUrl: string;
  readonly queueUrl: string;
}

/** The CLC as far as the cluster sees it: takes hints. */
export class SimulatedCloud {
  readonly hints: string[][] = [];
  #server: Server | undefined;
  url = '';

  async up(keys: Keys): Promise<void> {
    const handler = createSoapHandler<MalleeExtensionOperations>({
      service: MalleeExtension,
      identity: keys.cloud,
      trusted: () => [keys.cluster.certificatePem],
      logger: createLogger({ name: 'cloud', level: 'silent' }),
      metrics: new Metrics(),
      handlers: {
        Hint: ({ subjects }) => {
          this.hints.push([...subjects]);
          return Promise.resolve({});
        },
      },
    });
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  down(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

export type Overrides = Partial<Omit<ClusterConfig, 'timings' | 'network'>> & {
  readonly timings?: Partial<ClusterConfig['timings']>;
  readonly network?: Partial<ClusterConfig['network']>;
};

/** A configuration file's content with keys in place and short times. */
export function testConfig(
  around: Surroundings,
  nodeUrls: readonly string[],
  overrides: Overrides = {},
): ClusterConfig {
  const pem = (role: string): string => join(around.directory, `${role}.pem`);
  return clusterConfigSchema.parse({
    name: 'cc-test',
    stateDirectory: around.directory,
    listen: { host: '127.0.0.1', port: 0 },
    keys: { privateKey: join(around.directory, 'cluster.key'), certificate: pem('cluster') },
    trust: { cloud: [pem('cloud')], node: [pem('node')] },
    log: { level: process.env['MALLEE_TEST_LOG'] ?? 'fatal' },
    cluster: 'One',
    databaseUrl: around.databaseUrl,
    queueUrl: around.queueUrl,
    cloudUrl: 'http://127.0.0.1:9',
    nodes: nodeUrls.map((url) => ({ url })),
    glKeys: { clusterCertificate: pem('cluster'), nodeCertificate: pem('node') },
    ...overrides,
    network: { mode: 'user', tag: 'test', bridge: 'mallee0', subnet: '10.9.0.0/24', ...overrides.network },
    timings: { pollSeconds: 0.3, perNodeTimeoutSeconds: 2, launchWindowSeconds: 20, ...overrides.timings },
  });
}

/** A CLC's clients of a cluster. */
export function cloudClients(around: Surroundings, origin: string) {
  const { cloud, cluster } = around.keys;
  // A test that kills the daemon must reach it as soon as it is back.
  const common = { identity: cloud, peerCertificates: [cluster.certificatePem], breaker: false } as const;
  return {
    cc: new SoapClient<EucalyptusCCOperations_2_0>({
      ...common,
      service: EucalyptusCC_2_0,
      url: origin + EucalyptusCC_2_0.path,
    }),
    gl: new SoapClient<EucalyptusGLOperations_2_0>({
      ...common,
      service: EucalyptusGL_2_0,
      url: origin + EucalyptusGL_2_0.path,
      signed: false,
    }),
    extension: new SoapClient<MalleeExtensionOperations>({
      ...common,
      service: MalleeExtension,
      url: origin + MalleeExtension.path,
    }),
  };
}

/** A cluster controller inside this process, with the clients of a CLC. */
export class TestCluster {
  readonly network = new RecordingNetwork();
  readonly config: ClusterConfig;
  readonly #around: Surroundings;
  #http: HttpListener | undefined;
  #running: RunningDaemon | undefined;
  #clients: ReturnType<typeof cloudClients> | undefined;
  origin = '';

  constructor(around: Surroundings, config: ClusterConfig) {
    this.#around = around;
    this.config = config;
  }

  get clients(): ReturnType<typeof cloudClients> {
    if (this.#clients === undefined) throw new Error('not started');
    return this.#clients;
  }

  async start(): Promise<void> {
    const logger = createLogger({ name: 'cc', ...this.config.log });
    const metrics = new Metrics();
    const health = new Health();
    const http = new HttpListener({ host: '127.0.0.1', port: 0, logger, metrics, health });
    this.#running = await startCluster(
      { config: this.config, logger, metrics, health, http },
      { network: this.network },
    );
    this.origin = `http://127.0.0.1:${String((await http.listen()).port)}`;
    this.#http = http;
    this.#clients = cloudClients(this.#around, this.origin);
  }

  async stop(): Promise<void> {
    this.#clients?.cc.close();
    this.#clients?.gl.close();
    this.#clients?.extension.close();
    await this.#http?.close(100);
    await this.#running?.stop();
  }

  run(id: string, more: Partial<Cc.RunInstancesType> = {}): Promise<Cc.RunInstancesResponseType> {
    return this.clients.cc.call('RunInstances', runRequest(id, more));
  }

  async instance(id: string): Promise<Cc.CcInstanceType | undefined> {
    const { instances } = await this.clients.cc.call('DescribeInstances', { userId: 'eucalyptus', instanceIds: [] });
    return instances.find((instance) => instance.instanceId === id);
  }

  async details(id: string): Promise<MalleeExtensionTypes.InstanceDetailsType | undefined> {
    const { details } = await this.clients.extension.call('DescribeDetails', { instanceIds: [id] });
    return details[0];
  }

  async query<Row extends object>(sql: string): Promise<Row[]> {
    const pool = createPool(this.config.databaseUrl, { schema: schemaName(this.config.cluster), max: 1 });
    try {
      return (await pool.query<Row & Record<string, unknown>>(sql)).rows;
    } finally {
      await pool.end();
    }
  }

  async availableCores(): Promise<number> {
    const type = { name: 'one', memory: 1, cores: 1, disk: 1, deviceMapping: [] };
    const { resources } = await this.clients.cc.call('DescribeResources', { instanceTypes: [type] });
    return resources[0]?.availableInstances ?? 0;
  }
}

export function runRequest(id: string, more: Partial<Cc.RunInstancesType> = {}): Cc.RunInstancesType {
  return {
    userId: 'admin',
    imageId: 'emi-12345678',
    imageURL: 'http://127.0.0.1:8776/services/Walrus/images/tiny.manifest.xml',
    instanceType: { name: 'm1.small', memory: 128, cores: 1, disk: 2, deviceMapping: [] },
    keyName: 'ssh-rsa AAAA test',
    minCount: 1,
    maxCount: 1,
    reservationId: 'r-12345678',
    instanceIds: [id],
    netNames: ['default'],
    macAddresses: ['d0:0d:00:00:00:00'],
    networkIndexList: [],
    vlan: -1,
    userData: 'aGVsbG8=',
    launchIndex: '0',
    ...more,
  };
}

/** Waits until `look` gives something true; fails with `what` after a generous time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(100);
  }
  throw new Error(`never: ${what}`);
}
