import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  startTestRedis,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { Daemon } from './daemon.js';

/**
 * Who signs. `cloud` and `cluster` are peers of ours with RSA-SHA256; the `original-` ones are named in `peers` with RSA-SHA1, the
 * `later-` ones with dialect 4.4, the `first-` ones with profile headers-only. `intruder` is known to nobody.
 */
const clouds = ['cloud', 'original-cloud', 'later-cloud', 'first-cloud'] as const;
const clusters = ['cluster', 'original-cluster', 'later-cluster', 'first-cluster'] as const;
const identities = [...clouds, ...clusters, 'node', 'intruder'] as const;
export type IdentityName = (typeof identities)[number];

/** A running node controller (simulated hypervisor) and the cluster controller above it, both real daemons. */
export class Endpoints {
  readonly #scratch: ScratchDirectory;
  readonly #services: TestService[] = [];
  readonly #daemons: Daemon[] = [];
  nodeUrl = '';
  clusterUrl = '';

  constructor() {
    this.#scratch = scratchDirectory();
  }

  /** PEM file of a private key or a certificate. */
  key(name: IdentityName): string {
    return join(this.#scratch.path, `${name}.key`);
  }

  certificate(name: IdentityName): string {
    return join(this.#scratch.path, `${name}.pem`);
  }

  /** A new empty directory. */
  directory(name: string): string {
    const path = join(this.#scratch.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  async start(): Promise<void> {
    const [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis(), this.#makeKeys()]);
    this.#services.push(postgres, redis);
    const node = await Daemon.start('nc', this.#scratch.path, this.#nodeSettings());
    this.#daemons.push(node);
    this.nodeUrl = `${node.origin}/axis2/services/EucalyptusNC`;
    const cluster = await Daemon.start('cc', this.#scratch.path, this.#clusterSettings(postgres.url, redis.url));
    this.#daemons.push(cluster);
    this.clusterUrl = `${cluster.origin}/axis2/services/EucalyptusCC`;
  }

  /** What the daemon wrote to its log about the last message that it refused. */
  lastRefusal(daemon: 'nc' | 'cc'): unknown {
    const lines = readFileSync(join(this.#scratch.path, `${daemon}.log`), 'utf8')
      .trim()
      .split('\n');
    return JSON.parse(lines.findLast((line) => line.includes('SOAP request refused')) ?? '{}');
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.reverse()) await daemon.stop();
    for (const service of this.#services) await service.stop();
    this.#scratch.remove();
  }

  async #makeKeys(): Promise<void> {
    const make = async (name: IdentityName): Promise<void> => {
      const { privateKeyPem, certificatePem } = await makeIdentity(name);
      writeFileSync(this.key(name), privateKeyPem);
      writeFileSync(this.certificate(name), certificatePem);
    };
    await Promise.all(identities.map(make));
  }

  #peers(role: 'cloud' | 'cluster'): object[] {
    return [
      { certificate: this.certificate(`original-${role}`), suite: 'rsa-sha1' },
      { certificate: this.certificate(`later-${role}`), dialect: '4.4' },
      { certificate: this.certificate(`first-${role}`), profile: 'headers-only' },
    ];
  }

  #trusted(role: 'cloud' | 'cluster'): string[] {
    return (role === 'cloud' ? clouds : clusters).map((name) => this.certificate(name));
  }

  #nodeSettings(): object {
    return {
      cluster: 'one',
      stateDirectory: this.directory('nc-state'),
      instancesDirectory: this.directory('nc-instances'),
      cacheDirectory: this.directory('nc-cache'),
      keys: { privateKey: this.key('node'), certificate: this.certificate('node') },
      trust: { cluster: this.#trusted('cluster') },
      peers: this.#peers('cluster'),
      log: { level: 'debug', file: join(this.#scratch.path, 'nc.log') },
      metadata: { host: '127.0.0.1', port: 0 },
      hypervisor: { driver: 'simulated', domainTag: 'interop' },
      network: { mode: 'user', subnet: '10.88.0.0/24' },
      limits: { memoryMb: 4096, cores: 8, diskGb: 100 },
    };
  }

  #clusterSettings(databaseUrl: string, queueUrl: string): object {
    return {
      cluster: 'one',
      stateDirectory: this.directory('cc-state'),
      keys: { privateKey: this.key('cluster'), certificate: this.certificate('cluster') },
      trust: { cloud: this.#trusted('cloud'), node: [this.certificate('node')] },
      peers: this.#peers('cloud'),
      log: { level: 'debug', file: join(this.#scratch.path, 'cc.log') },
      databaseUrl,
      queueUrl,
      cloudUrl: 'http://127.0.0.1:9',
      nodes: [{ url: this.nodeUrl }],
      glKeys: { clusterCertificate: this.certificate('cluster'), nodeCertificate: this.certificate('node') },
      network: { mode: 'user', tag: 'interop', bridge: 'interop0', subnet: '10.88.0.0/24' },
      timings: { pollSeconds: 0.5 },
    };
  }
}
