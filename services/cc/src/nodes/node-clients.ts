import { readFileSync } from 'node:fs';
import { loadTrusted, type Logger } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { SoapClient } from '@mallee/soap-rpc';
import {
  EucalyptusNC_2_0,
  MalleeExtension,
  type EucalyptusNCOperations_2_0,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import type { ClusterConfig } from '../config.js';

export interface NodeClient {
  readonly nc: SoapClient<EucalyptusNCOperations_2_0>;
  readonly extension: SoapClient<MalleeExtensionOperations>;
  /** Host of the node as in its URL; a 2.0 CC puts it into every request. */
  readonly nodeName: string;
}

export interface Identity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** Signed clients of the nodes, made at first use and kept. */
export class NodeClients {
  readonly #config: () => ClusterConfig;
  readonly #identity: Identity;
  readonly #logger: Logger;
  readonly #clients = new Map<string, NodeClient & { certificates: string }>();

  constructor(config: () => ClusterConfig, identity: Identity, logger: Logger) {
    this.#config = config;
    this.#identity = identity;
    this.#logger = logger;
  }

  get(url: string): NodeClient {
    const certificates = this.#certificates(url);
    const key = certificates.join('\n');
    const known = this.#clients.get(url);
    if (known?.certificates === key) return known;
    if (known !== undefined) this.#drop(url);
    const origin = new URL(url).origin;
    const common = {
      identity: this.#identity,
      peerCertificates: certificates,
      timeoutMs: this.#config().timings.perNodeTimeoutSeconds * 1000,
      logger: this.#logger,
    };
    const client = {
      nc: new SoapClient<EucalyptusNCOperations_2_0>({ ...common, service: EucalyptusNC_2_0, url }),
      extension: new SoapClient<MalleeExtensionOperations>({
        ...common,
        service: MalleeExtension,
        url: origin + MalleeExtension.path,
      }),
      nodeName: new URL(url).hostname,
      certificates: key,
    };
    this.#clients.set(url, client);
    return client;
  }

  close(): void {
    for (const url of [...this.#clients.keys()]) this.#drop(url);
  }

  #drop(url: string): void {
    const client = this.#clients.get(url);
    this.#clients.delete(url);
    void client?.nc.close();
    void client?.extension.close();
  }

  #certificates(url: string): string[] {
    const config = this.#config();
    const file = config.nodes.find((node) => node.url === url)?.certificate;
    if (file === undefined) return loadTrusted(config, 'node');
    try {
      return [readFileSync(file, 'utf8')];
    } catch (cause) {
      throw new MalleeError('Configuration.Invalid', `cannot read the certificate of ${url}: ${file}`, { cause });
    }
  }
}
