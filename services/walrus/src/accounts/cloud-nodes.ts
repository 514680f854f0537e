import type { Logger } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import type { CloudCalls } from './cloud-account-directory.js';
import { noKnownAnswers, type KnownAnswers } from './known-answers.js';

const INTERVAL_MS = 5_000;
const KEEP_EVERY_MS = 60_000;
const KIND = 'nodes';

/**
 * The certificates of the nodes of the cloud as the CLC knows them, looked up every few seconds. While it is away the last list stands, also
 * after a restart of Walrus.
 */
export class CloudNodes {
  readonly #cloud: CloudCalls;
  readonly #logger: Logger;
  readonly #known: KnownAnswers;
  #certificates: readonly string[] = [];
  #listed = false;
  #kept = { text: '', at: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(cloud: CloudCalls, logger: Logger, known: KnownAnswers = noKnownAnswers()) {
    this.#cloud = cloud;
    this.#logger = logger;
    this.#known = known;
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
      this.#listed = true;
      await this.#keep(certificates);
    } catch (error) {
      this.#logger.debug({ reason: toMalleeError(error).message }, 'the cloud controller did not name its nodes');
      if (!this.#listed) await this.#recall().catch(() => undefined);
    }
  }

  async #keep(certificates: readonly string[]): Promise<void> {
    const text = certificates.join();
    const now = Date.now();
    if (text === this.#kept.text && now - this.#kept.at < KEEP_EVERY_MS) return;
    await this.#known.keep(KIND, '', { certificates }, now);
    this.#kept = { text, at: now };
  }

  async #recall(): Promise<void> {
    const found = await this.#known.find(KIND, '');
    if (found === undefined || this.#listed) return;
    this.#certificates = (found.answer as { certificates: readonly string[] }).certificates;
  }
}
