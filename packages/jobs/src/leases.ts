import type { Pool } from '@mallee/database';
import type { Logger } from '@mallee/daemon';
import { Interruption } from './attempt.js';
import { renewLeases } from './run-store.js';

interface Held {
  readonly controller: AbortController;
  renewedAt: number;
}

/**
 * The runs that this worker holds: one statement per beat prolongs all leases and learns of cancellations. A run whose
 * lease is gone, or could not be renewed in time, is interrupted before another worker may take it.
 */
export class Leases {
  readonly #pool: Pool;
  readonly #logger: Logger;
  readonly #leaseMs: number;
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;
  #beating = false;

  constructor(pool: Pool, logger: Logger, leaseMs: number) {
    this.#pool = pool;
    this.#logger = logger;
    this.#leaseMs = leaseMs;
    this.#timer = setInterval(() => void this.#beat(), Math.min(1000, leaseMs / 5));
    this.#timer.unref();
  }

  /** Call before the claim, so that the local clock never runs behind the lease. */
  hold(owner: string): AbortSignal {
    const controller = new AbortController();
    this.#held.set(owner, { controller, renewedAt: performance.now() });
    return controller.signal;
  }

  drop(owner: string): void {
    this.#held.delete(owner);
  }

  /** Interrupts everything that is held. */
  interruptAll(): void {
    for (const { controller } of this.#held.values()) controller.abort(new Interruption('stopping'));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    this.#expire();
    if (this.#held.size === 0 || this.#beating) return;
    this.#beating = true;
    const owners = [...this.#held.keys()];
    const sentAt = performance.now();
    try {
      const alive = await renewLeases(this.#pool, owners, this.#leaseMs);
      for (const owner of owners) {
        const held = this.#held.get(owner);
        const cancelled = alive.get(owner);
        // An owner that is not in the table may not have been claimed yet; #expire ends it if it never was.
        if (held === undefined || cancelled === undefined) continue;
        held.renewedAt = sentAt;
        if (cancelled) held.controller.abort(new Interruption('cancelled'));
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'leases could not be renewed');
    } finally {
      this.#beating = false;
    }
  }

  #expire(): void {
    const oldest = performance.now() - this.#leaseMs * 0.9;
    for (const held of this.#held.values()) {
      if (held.renewedAt < oldest) held.controller.abort(new Interruption('lost'));
    }
  }
}
