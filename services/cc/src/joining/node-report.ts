import { existsSync, readFileSync } from 'node:fs';
import { loadTrusted, splitCertificates, type Logger } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import type { SoapClient } from '@mallee/soap-rpc';
import type { MalleeCloudOperations } from '@mallee/wsdl-types';
import type { ClusterConfig } from '../config.js';

const LOOK_MS = 5_000;
const AGAIN_MS = 60_000;

/** Tells the cloud controller which certificates the nodes have, for Walrus: at once when they change, else every minute. */
export class NodeReport {
  readonly #cloud: Pick<SoapClient<MalleeCloudOperations>, 'call'>;
  readonly #config: () => ClusterConfig;
  readonly #logger: Logger;
  #told = '';
  #toldAt = -Infinity;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(cloud: Pick<SoapClient<MalleeCloudOperations>, 'call'>, config: () => ClusterConfig, logger: Logger) {
    this.#cloud = cloud;
    this.#config = config;
    this.#logger = logger;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
    this.look();
  }

  /** Reports if there is something new. Does not wait. */
  look(): void {
    this.#running = this.#running.then(() => this.#look());
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #look(): Promise<void> {
    try {
      const certificates = nodeCertificates(this.#config());
      const text = certificates.join('');
      if (text === this.#told && performance.now() - this.#toldAt < AGAIN_MS) return;
      await this.#cloud.call('ReportNodes', { certificates, userId: 'eucalyptus' }, { timeoutMs: 5000 });
      this.#told = text;
      this.#toldAt = performance.now();
    } catch (error) {
      // Not registered there yet, or an original, which has no such service.
      this.#logger.debug({ reason: toMalleeError(error).message }, 'the cloud controller did not take the nodes');
    }
  }
}

function nodeCertificates(config: ClusterConfig): string[] {
  const files = config.nodes.flatMap(({ certificate }) => certificate ?? []).filter((file) => existsSync(file));
  const own = files.flatMap((file) => splitCertificates(readFileSync(file, 'utf8')));
  return [...new Set([...loadTrusted(config, 'node'), ...own].map((pem) => `${pem.trim()}\n`))].sort();
}
