import type { Logger } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import type { CloudAccountDirectory } from './cloud-account-directory.js';

/** One question a second while there is one to ask, so that ten thousand users never are a burst. */
const BUSY_MS = 1_000;
const IDLE_MS = 10_000;
const PRUNE_EVERY_MS = 3_600_000;

/** Asks the CLC again about users who have not been here for a minute, one after the other. */
export class AccountRenewal {
  readonly #accounts: Pick<CloudAccountDirectory, 'renewOldest' | 'prune'>;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #prunedAt = -Infinity;

  constructor(accounts: Pick<CloudAccountDirectory, 'renewOldest' | 'prune'>, logger: Logger) {
    this.#accounts = accounts;
    this.#logger = logger;
  }

  start(): void {
    this.#later(IDLE_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #later(waitMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#once(), waitMs).unref();
  }

  async #once(): Promise<void> {
    try {
      if (Date.now() - this.#prunedAt > PRUNE_EVERY_MS) {
        await this.#accounts.prune();
        this.#prunedAt = Date.now();
      }
      this.#later((await this.#accounts.renewOldest()) ? BUSY_MS : IDLE_MS);
    } catch (error) {
      this.#logger.debug({ reason: toMalleeError(error).message }, 'could not ask about users again');
      this.#later(IDLE_MS);
    }
  }
}
