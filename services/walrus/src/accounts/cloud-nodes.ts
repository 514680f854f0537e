import type { Logger } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import type { CloudCalls } from './cloud-account-directory.js';

const INTERVAL_MS = 5_000;

/** The certificates of the nodes of the cloud as the CLC knows them, looked up every few seconds. While it is away the last list stands. */
export class CloudNodes {
  readonly #cloud: CloudCalls;
  readonly #logger: Logger;
  #certificates: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(cloud: CloudCalls, logger: Logger) {
    this.#cloud = cloud;
    this.#logger = logger;
  }

  certificates(): readonly string[] {
    return this.#certificates;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    this.#timer = setTimeout(() => void this.#look(), INTERVAL_MS).unref();
    try {
      const { certificates } = await this.#cloud.call('ListNodes', { userId: 'eucalyptus' }, { timeoutMs: 5000 });
      this.#certificates = certificates;
    } catch (error) {
      this.#logger.debug({ reason: toMalleeError(error).message }, 'the cloud controller did not name its nodes');
    }
  }
}
