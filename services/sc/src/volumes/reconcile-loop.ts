import type { Logger } from '@mallee/daemon';
import { reconcile } from './reconcile.js';
import type { VolumeService } from './volume-service.js';

/** Reconciles again and again until stopped; the first round is the caller's. */
export class ReconcileLoop {
  readonly #service: VolumeService;
  readonly #logger: Logger;
  readonly #pauseMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(service: VolumeService, logger: Logger, pauseMs: number) {
    this.#service = service;
    this.#logger = logger;
    this.#pauseMs = pauseMs;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.once()
        .catch((error: unknown) => this.#logger.error({ err: error }, 'reconciling volumes failed'))
        .finally(() => this.start());
    }, this.#pauseMs);
    this.#timer.unref();
  }

  /** One round; logs what it found. */
  async once(): Promise<void> {
    for (const finding of await reconcile(this.#service)) {
      this.#logger.warn(finding, `${finding.volumeId}: ${finding.finding}`);
    }
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
