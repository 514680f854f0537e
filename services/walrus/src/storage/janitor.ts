import { setTimeout as sleep } from 'node:timers/promises';
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
const SUSPECTS = 10_000;
const SECOND_LOOK_MS = 30_000;

/**
 * Removes what no object uses: the queue `blob_gc` at once, blobs without a row (a process died between writing and
 * committing) and unfinished uploads after a grace period.
 */
export class Janitor {
  readonly #options: JanitorOptions;
  #timer: NodeJS.Timeout | undefined;
  #collecting: Promise<unknown> = Promise.resolve();
  #sweeping: Promise<unknown> = Promise.resolve();
  readonly #stop = new AbortController();
  readonly #stopping = this.#stop.signal;
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
    this.#stop.abort();
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
        if (this.#stopping.aborted) return removed;
        await blobs.remove(blob_id);
        await pool.query('delete from blob_gc where blob_id = $1', [blob_id]);
        removed++;
      }
    }
  }

  async #removeOrphans(olderThan: Date): Promise<number> {
    let removed = 0;
    let batch: string[] = [];
    let suspects: string[] = [];
    for await (const id of this.#options.blobs.list(olderThan)) {
      if (this.#stopping.aborted) return removed;
      if (batch.push(id) < BATCH) continue;
      suspects.push(...(await this.#withoutRow(batch)));
      batch = [];
      if (suspects.length < SUSPECTS) continue;
      removed += await this.#removeSuspects(suspects);
      suspects = [];
    }
    suspects.push(...(await this.#withoutRow(batch)));
    return removed + (await this.#removeSuspects(suspects));
  }

  /**
   * A date can be older than the blob: some stores date an upload in parts by its begin, and clocks differ. So the row of a blob that was just
   * written gets some time to appear.
   */
  async #removeSuspects(suspects: readonly string[]): Promise<number> {
    if (suspects.length === 0) return 0;
    const waitMs = Math.min(this.#options.graceMs, SECOND_LOOK_MS);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#stopping }).catch(() => undefined);
    if (this.#stopping.aborted) return 0;
    let removed = 0;
    for (let at = 0; at < suspects.length; at += BATCH) {
      for (const id of await this.#withoutRow(suspects.slice(at, at + BATCH))) {
        await this.#options.blobs.remove(id);
        removed++;
      }
    }
    return removed;
  }

  async #withoutRow(blobIds: readonly string[]): Promise<string[]> {
    const { rows } = await this.#options.pool.query<{ blob_id: string }>(
      `select u.id as blob_id from unnest($1::uuid[]) as u (id)
        where not exists (select from object_version where blob_id = u.id)
          and not exists (select from version_part where blob_id = u.id)
          and not exists (select from multipart_part where blob_id = u.id)`,
      [blobIds],
    );
    return rows.map((row) => row.blob_id);
  }

  #complain(error: unknown): void {
    this.#options.logger.warn({ err: error }, 'the janitor could not finish; it tries again');
  }
}
