import type { Pool } from '@mallee/database';
import type { Logger } from '@mallee/daemon';
import type { BlobStore } from './blob-store.js';

export interface JanitorOptions {
  readonly pool: Pool;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  /** An unreferenced blob or an unfinished upload is garbage once it is this old. */
  readonly graceMs: number;
  readonly intervalMs: number;
}

export interface Sweep {
  readonly queuedRemoved: number;
  readonly orphansRemoved: number;
  readonly unfinishedRemoved: number;
}

const BATCH = 500;

/**
 * Removes what no object uses: the queue `blob_gc` at once, blobs without a row (a process died between writing and
 * committing) and unfinished uploads after a grace period.
 */
export class Janitor {
  readonly #options: JanitorOptions;
  #timer: NodeJS.Timeout | undefined;
  #collecting: Promise<unknown> = Promise.resolve();
  #sweeping: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #wanted = false;

  constructor(options: JanitorOptions) {
    this.#options = options;
  }

  /** One full sweep behind the service that starts, then one each interval. */
  start(): void {
    const run = (): void => {
      this.#sweeping = this.#sweeping.then(() => this.sweep()).catch((error: unknown) => this.#complain(error));
    };
    this.#timer = setInterval(run, this.#options.intervalMs);
    this.#timer.unref();
    run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await Promise.all([this.#sweeping, this.#collecting]);
  }

  /** Asks for the queue to be worked off soon; call after a commit that may have queued a blob. */
  collectSoon(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#collecting = this.#collecting.then(async () => {
      this.#wanted = false;
      await this.#collectQueue().catch((error: unknown) => this.#complain(error));
    });
  }

  async sweep(): Promise<Sweep> {
    const olderThan = new Date(Date.now() - this.#options.graceMs);
    const sweep = {
      queuedRemoved: await this.#collectQueue(),
      unfinishedRemoved: await this.#options.blobs.removeAbandonedWrites(olderThan),
      orphansRemoved: await this.#removeOrphans(olderThan),
    };
    if (Object.values(sweep).some((count) => count > 0)) this.#options.logger.info(sweep, 'janitor removed garbage');
    return sweep;
  }

  async #collectQueue(): Promise<number> {
    const { pool, blobs } = this.#options;
    for (let removed = 0; ;) {
      const { rows } = await pool.query<{ blob_id: string }>(
        'select blob_id from blob_gc order by queued_at limit $1',
        [BATCH],
      );
      if (rows.length === 0) return removed;
      for (const { blob_id } of rows) {
        if (this.#stopping) return removed;
        await blobs.remove(blob_id);
        await pool.query('delete from blob_gc where blob_id = $1', [blob_id]);
        removed++;
      }
    }
  }

  async #removeOrphans(olderThan: Date): Promise<number> {
    let removed = 0;
    let batch: string[] = [];
    const check = async (): Promise<void> => {
      const { rows } = await this.#options.pool.query<{ blob_id: string }>(
        `select u.id as blob_id from unnest($1::uuid[]) as u (id)
          where not exists (select from object_version where blob_id = u.id)
            and not exists (select from version_part where blob_id = u.id)
            and not exists (select from multipart_part where blob_id = u.id)`,
        [batch],
      );
      for (const { blob_id } of rows) await this.#options.blobs.remove(blob_id);
      removed += rows.length;
      batch = [];
    };
    for await (const id of this.#options.blobs.list(olderThan)) {
      if (this.#stopping) return removed;
      batch.push(id);
      if (batch.length === BATCH) await check();
    }
    if (batch.length > 0) await check();
    return removed;
  }

  #complain(error: unknown): void {
    this.#options.logger.warn({ err: error }, 'the janitor could not finish; it tries again');
  }
}
