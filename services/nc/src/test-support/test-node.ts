import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@mallee/private-services';
import { SoapClient, type OperationName, type RequestOf, type ResponseOf } from '@mallee/soap-rpc';
import { endOf, makeIdentity, startTypeScript, type TestIdentity } from '@mallee/testing';
import {
  EucalyptusNC_2_0,
  MalleeExtension,
  type EucalyptusNCOperations_2_0,
  type EucalyptusNCTypes_2_0 as Nc,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import { eventually } from './examples.js';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A node controller as a process of its own, with its configuration file, and signed clients that play the cluster. */
export class TestNode {
  readonly directory: string;
  readonly identity: TestIdentity;
  readonly cluster: TestIdentity;
  private readonly settings: object;
  private port = 0;
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> | undefined;

  private constructor(directory: string, identity: TestIdentity, cluster: TestIdentity, settings: object) {
    this.directory = directory;
    this.identity = identity;
    this.cluster = cluster;
    this.settings = settings;
  }

  /** @param settings everything beyond names, directories and keys */
  static async prepare(directory: string, settings: object): Promise<TestNode> {
    const [identity, cluster] = await Promise.all([makeIdentity('node'), makeIdentity('cluster')]);
    const node = new TestNode(directory, identity, cluster, settings);
    node.port = await freePort();
    mkdirSync(join(directory, 'keys'), { recursive: true });
    writeFileSync(join(directory, 'keys/node.key'), identity.privateKeyPem);
    writeFileSync(join(directory, 'keys/node.pem'), identity.certificatePem);
    writeFileSync(join(directory, 'keys/cluster.pem'), cluster.certificatePem);
    return node;
  }

  async start(): Promise<void> {
    const config = join(this.directory, 'nc.json');
    writeFileSync(config, JSON.stringify(this.configuration()));
    this.child = startTypeScript(MAIN, ['--config', config]);
    const ended = endOf(this.child);
    this.ended = ended;
    let output: string | undefined;
    void ended.then((end) => (output = end.output));
    await eventually(
      'the node controller serves',
      async () => {
        if (output !== undefined) throw new Error(`the node controller ended: ${output}`);
        return await this.isReady();
      },
      60_000,
    );
  }

  /** Ends the process without any chance to clean up. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    this.child?.kill('SIGTERM');
    await this.ended;
  }

  async call<K extends OperationName<EucalyptusNCOperations_2_0>>(
    operation: K,
    request: RequestOf<EucalyptusNCOperations_2_0, K>,
  ): Promise<ResponseOf<EucalyptusNCOperations_2_0, K>> {
    const client = new SoapClient<EucalyptusNCOperations_2_0>(this.client(EucalyptusNC_2_0));
    try {
      return await client.call(operation, request);
    } finally {
      client.close();
    }
  }

  async details(instanceId: string) {
    const client = new SoapClient<MalleeExtensionOperations>(this.client(MalleeExtension));
    try {
      return (await client.call('DescribeDetails', { instanceIds: [instanceId] })).details[0];
    } finally {
      client.close();
    }
  }

  async instance(instanceId: string): Promise<Nc.InstanceType | undefined> {
    const { instances } = await this.call('ncDescribeInstances', { userId: 'eucalyptus', instanceIds: [instanceId] });
    return instances[0];
  }

  async console(instanceId: string): Promise<string> {
    const { consoleOutput } = await this.call('ncGetConsoleOutput', { instanceId });
    return Buffer.from(consoleOutput, 'base64').toString('latin1');
  }

  private client(service: typeof EucalyptusNC_2_0) {
    return {
      service,
      url: `http://127.0.0.1:${this.port}${service.path}`,
      identity: this.cluster,
      peerCertificates: [this.identity.certificatePem],
      timeoutMs: 30_000,
    };
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  private configuration(): object {
    const { directory } = this;
    return {
      name: 'nc-test',
      cluster: 'cluster01',
      stateDirectory: join(directory, 'state'),
      instancesDirectory: join(directory, 'instances'),
      cacheDirectory: join(directory, 'cache'),
      listen: { host: '127.0.0.1', port: this.port },
      keys: { privateKey: join(directory, 'keys/node.key'), certificate: join(directory, 'keys/node.pem') },
      trust: { cluster: [join(directory, 'keys/cluster.pem')] },
      log: { level: 'debug', file: join(directory, 'nc.log') },
      metadata: { host: '127.0.0.1', port: 0 },
      ...this.settings,
    };
  }
}
