import type { Logger } from '@mallee/daemon';

export interface PollLoopOptions {
  readonly name: string;
  readonly logger: Logger;
  /** One look; resolves with true while something is in a transitional state. */
  readonly poll: (signal: AbortSignal) => Promise<boolean>;
  readonly quietMs: number;
  readonly busyMs: number;
}

/** A hint during a burst waits this long, so that ten changes at once cost one poll. */
const SETTLE_MS = 20;

/** Polls again and again: often while busy, seldom when quiet, at once upon a hint. Never two polls at a time. */
export class PollLoop {
  readonly #options: PollLoopOptions;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>;
  #hinted = false;
  #wake: () => void = () => undefined;

  constructor(options: PollLoopOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  hint(): void {
    this.#hinted = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#hinted = false;
      const busy = await this.#poll(signal);
      await this.#wait(busy ? this.#options.busyMs : this.#options.quietMs);
    }
  }

  async #poll(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#options.poll(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.logger.error({ err: error, poll: this.#options.name }, 'a poll failed');
      return false;
    }
  }

  async #wait(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#hinted ? Math.min(SETTLE_MS, ms) : ms);
      this.#wake = () => {
        clearTimeout(timer);
        setTimeout(resolve, this.#abort.signal.aborted ? 0 : SETTLE_MS);
      };
    });
    this.#wake = () => undefined;
  }
}
