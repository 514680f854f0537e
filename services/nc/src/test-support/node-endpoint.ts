import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseConfigSchema, Health, HttpListener, Metrics, type BaseConfig } from '@mallee/daemon';
import { SoapServer } from '@mallee/soap-rpc';
import { soapDialects } from '../soap-dialects.js';
import { quietLogger } from './examples.js';
import { simulatedNode, type SimulatedNode } from './simulated-controller.js';

interface Pair {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export interface NodeEndpointOptions {
  readonly directory: string;
  readonly identity: Pair;
  /** Certificates of the role cluster. */
  readonly trusted: readonly string[];
  /** Rules for single ones of them, by position. */
  readonly peers?: readonly (Omit<BaseConfig['peers'][number], 'certificate' | 'profile'> & {
    readonly profile?: 'body-timestamp' | 'headers-only';
  })[];
  readonly listen?: Partial<BaseConfig['listen']>;
  readonly subnet?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface NodeEndpoint extends SimulatedNode {
  readonly url: string;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/** The SOAP endpoints of a node on a port of loopback: all as in the daemon but hypervisor and images. */
export async function nodeEndpoint(options: NodeEndpointOptions): Promise<NodeEndpoint> {
  const { directory, identity, trusted, peers = [] } = options;
  mkdirSync(join(directory, 'keys'), { recursive: true });
  const write = (name: string, text: string): string => {
    const file = join(directory, 'keys', name);
    writeFileSync(file, text);
    return file;
  };
  const config = baseConfigSchema.parse({
    name: 'nc-test',
    stateDirectory: directory,
    listen: { host: '127.0.0.1', port: 0, ...options.listen },
    keys: {
      privateKey: write('node.key', identity.privateKeyPem),
      certificate: write('node.pem', identity.certificatePem),
    },
    peers: peers.map((rules, index) => ({ certificate: write(`peer-${index}.pem`, trusted[index] ?? ''), ...rules })),
  });
  const [logger, metrics] = [quietLogger(), new Metrics()];
  const http = new HttpListener({ ...config.listen, logger, metrics, health: new Health() });
  const node = await simulatedNode(directory, options.subnet ?? '10.88.0.0/24');
  const soap = new SoapServer({ config, logger, metrics, http }, { clock: options.clock });
  const parts = { controller: node.controller, network: node.network, iqn: 'iqn.2026-01.example:node' };
  for (const dialects of soapDialects(parts)) soap.route(dialects, { trusted: () => trusted });
  const { port } = await http.listen();
  return {
    ...node,
    metrics,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await http.close(0);
      await node.controller.stop();
    },
  };
}
