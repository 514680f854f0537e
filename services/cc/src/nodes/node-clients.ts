import { loadTrusted, splitCertificates, type Logger, type Metrics } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { originalNode, PeerLink, SoapClient, type IdentitySource } from '@mallee/soap-rpc';
import {
  MalleeExtension,
  services,
  type EucalyptusNCOperations_2_0,
  type EucalyptusNCOperations_4_4,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import { readFileSync } from 'node:fs';
import type { ClusterConfig, NodeConfig } from '../config.js';
import { nodeOf20 } from '../wire/2.0/node.js';
import { nodeOf44 } from '../wire/4.4/node.js';
import { NodeCalls } from './node-calls.js';
import type { NodePort } from './node-port.js';

/** Signed clients of the nodes, made at first use and kept until what the configuration says of the node changes. */
export class NodeClients {
  readonly #config: () => ClusterConfig;
  readonly #identity: IdentitySource;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #nodes = new Map<string, { readonly port: NodePort; readonly settings: string }>();

  constructor(config: () => ClusterConfig, identity: IdentitySource, logger: Logger, metrics: Metrics) {
    this.#config = config;
    this.#identity = identity;
    this.#logger = logger;
    this.#metrics = metrics;
  }

  get(url: string): NodePort {
    const node = this.#config().nodes.find((one) => one.url === url);
    const settings = JSON.stringify(node);
    const known = this.#nodes.get(url);
    // A node that was taken out of the configuration is called as before while it still has instances.
    if (known !== undefined && (node === undefined || known.settings === settings)) return known.port;
    known?.port.close();
    const port = this.#make(url, node);
    this.#nodes.set(url, { port, settings });
    return port;
  }

  close(): void {
    for (const { port } of this.#nodes.values()) port.close();
    this.#nodes.clear();
  }

  #make(url: string, node: NodeConfig | undefined): NodePort {
    const { dialect = '2.0', profile = 'body-timestamp', suite = 'rsa-sha256' } = node ?? {};
    const { pollSeconds, perNodeTimeoutSeconds } = this.#config().timings;
    const isOriginal = suite === 'rsa-sha1';
    const shared = { logger: this.#logger, metrics: this.#metrics };
    // The poller paces itself and may be asked to look now: the breaker must not hold it back for longer than a poll.
    const waitMs = pollSeconds * 1000;
    const link = new PeerLink({
      ...shared,
      url,
      breaker: { waitMs, maxWaitMs: waitMs },
      ...(url.startsWith('https:') ? { tls: { pinnedCertificates: () => this.#certificates(url, node) } } : {}),
      ...(isOriginal ? originalNode : {}),
    });
    const common = {
      ...shared,
      peer: link,
      identity: this.#identity,
      peerCertificates: () => this.#certificates(url, node),
      timeoutMs: perNodeTimeoutSeconds * 1000,
    };
    const nc = { ...common, url, profile, suite };
    const extension = isOriginal
      ? undefined
      : new SoapClient<MalleeExtensionOperations>({
          ...common,
          service: MalleeExtension,
          url: new URL(MalleeExtension.path, url).href,
        });
    const edge = { extension, nodeName: new URL(url).hostname };
    const close = (): void => link.close();
    if (dialect === '4.4') {
      const service = services.EucalyptusNC['4.4'];
      const client = new SoapClient<EucalyptusNCOperations_4_4>({ ...nc, service });
      return nodeOf44(new NodeCalls<EucalyptusNCOperations_4_4>({ ...edge, service, client }), close);
    }
    const service = services.EucalyptusNC['2.0'];
    const client = new SoapClient<EucalyptusNCOperations_2_0>({ ...nc, service });
    return nodeOf20(new NodeCalls<EucalyptusNCOperations_2_0>({ ...edge, service, client }), close);
  }

  /** Read at each reply, so that a new file needs no restart. */
  #certificates(url: string, node: NodeConfig | undefined): string[] {
    const file = node?.certificate;
    if (file === undefined) return loadTrusted(this.#config(), 'node');
    try {
      return splitCertificates(readFileSync(file, 'utf8'));
    } catch (cause) {
      throw new MalleeError('Configuration.Invalid', `cannot read the certificate of ${url}: ${file}`, { cause });
    }
  }
}
