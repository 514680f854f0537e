import type { Pool, PoolClient } from '@mallee/database';
import type { Logger } from '@mallee/daemon';
import { openQueue, type JobQueue, type QueueAddress } from './backend.js';
import { withPrefix } from './prefix.js';

export interface RelayOptions extends QueueAddress {
  /** Pool of the schema that holds `workflow_run`. One connection of it is kept for LISTEN. */
  readonly pool: Pool;
  readonly logger: Logger;
  /** Looks without being told; default 5000 ms. */
  readonly pollMs?: number;
  /** An open run whose job may have been lost by the queue is published again after this long; default 60,000 ms. */
  readonly republishMs?: number;
  /** Finished runs are forgotten after this long; default 7 days. */
  readonly retentionMs?: number;
}

export interface OutboxRelay {
  stop(): Promise<void>;
}

const BATCH = 500;

/**
 * Publishes what `enqueueOutbox` wrote: at once on NOTIFY, else at the next poll. At least once: a run published twice is
 * one job (same id), and a job for a finished run does nothing. Several relays on one schema do not harm each other.
 */
export function startOutboxRelay(options: RelayOptions): OutboxRelay {
  const relay = new Relay(options);
  relay.start();
  return { stop: () => relay.stop() };
}

interface OpenRow {
  run_id: number;
  queue: string;
  workflow: string;
  cancel_requested: boolean;
}

class Relay {
  readonly #options: RelayOptions;
  readonly #queues = new Map<string, JobQueue>();
  readonly #pollMs: number;
  #listener: PoolClient | undefined;
  #stopped = false;
  #wanted = false;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pruneAt = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? 5000;
  }

  start(): void {
    this.#wake();
    this.#timer = setInterval(() => this.#wake(), this.#pollMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#working;
    // Ended, not returned: it still listens.
    this.#listener?.release(true);
    await Promise.all([...this.#queues.values()].map((queue) => queue.close().catch(() => undefined)));
  }

  /** One pass at a time; a wake-up during a pass causes one more. */
  #wake(): void {
    this.#wanted = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#wanted && !this.#stopped) this.#wake();
    });
  }

  async #work(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      try {
        await this.#listen();
        await this.#publish();
        await this.#prune();
      } catch (error) {
        this.#options.logger.warn({ err: error }, 'the outbox could not be published; it is tried again');
        return;
      }
    }
  }

  async #listen(): Promise<void> {
    if (this.#listener !== undefined) return;
    const client = await this.#options.pool.connect();
    this.#listener = client;
    client.on('error', () => {
      if (this.#listener !== client) return;
      this.#listener = undefined;
      client.release(true);
    });
    client.on('notification', () => this.#wake());
    const { rows } = await client.query<{ channel: string }>(`select 'workflow_' || current_schema() as channel`);
    await client.query(`listen "${rows[0]?.channel ?? 'workflow_public'}"`);
  }

  async #publish(): Promise<void> {
    const { rows } = await this.#options.pool.query<OpenRow>(
      `select run_id, queue, workflow, cancel_requested from workflow_run
        where finished_at is null and (lease_until is null or lease_until < now())
          and (published_at is null or published_at < now() - $1 * interval '1 millisecond'
               or (cancel_requested and not_before > now()))
        order by published_at nulls first, run_id limit $2`,
      [this.#options.republishMs ?? 60_000, BATCH],
    );
    const byQueue = new Map<string, OpenRow[]>();
    for (const row of rows) byQueue.set(row.queue, [...(byQueue.get(row.queue) ?? []), row]);
    for (const [name, runs] of byQueue) {
      const queue = await this.#queue(name);
      await queue.add(runs.map((run) => ({ runId: run.run_id, name: run.workflow })));
      for (const run of runs) if (run.cancel_requested) await queue.promote(run.run_id);
      const marked = 'update workflow_run set published_at = now() where run_id = any($1::bigint[])';
      await this.#options.pool.query(marked, [runs.map((run) => run.run_id)]);
    }
    if (rows.length === BATCH) this.#wanted = true;
  }

  async #queue(name: string): Promise<JobQueue> {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const onError = (error: Error): void => this.#options.logger.warn({ err: error, queue: name }, 'queue error');
    const opened = await openQueue(await withPrefix(this.#options.pool, this.#options), name, onError);
    this.#queues.set(name, opened);
    return opened;
  }

  async #prune(): Promise<void> {
    if (Date.now() < this.#pruneAt) return;
    this.#pruneAt = Date.now() + 600_000;
    await this.#options.pool.query(
      `delete from workflow_run where finished_at < now() - $1 * interval '1 millisecond'`,
      [this.#options.retentionMs ?? 7 * 86_400_000],
    );
  }
}
