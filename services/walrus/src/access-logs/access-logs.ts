import type { Logger } from '@mallee/daemon';
import { bucketsWith } from '../storage/buckets.js';
import { deliver, type DeliveryParts } from './deliver.js';
import { logLine } from './log-line.js';
import { WatchedRequest, type RequestToWatch } from './watched-request.js';

export interface AccessLogOptions extends DeliveryParts {
  readonly logger: Logger;
  /** Lines wait at most so long. */
  readonly intervalMs: number;
  /** So many lines about one bucket are delivered at once. */
  readonly maxLines: number;
  /** How often to look which buckets are logged; what this process itself is told counts at once. */
  readonly refreshMs: number;
  /** All lines that wait, of all buckets; what comes beyond that is lost, and the log of the daemon says so. */
  readonly maxBytes?: number;
}

interface Waiting {
  lines: Buffer[];
  bytes: number;
}

const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Server access logs: one line for each request to a bucket that is logged, gathered in memory and delivered as objects into the target.
 * Best effort, as with S3: a daemon that is killed loses what waits. Writing the logs is no request and so is not logged itself.
 */
export class AccessLogs {
  readonly #options: AccessLogOptions;
  /** Logged buckets, and the canonical id of their owner. */
  #logged: ReadonlyMap<string, string> = new Map();
  readonly #waiting = new Map<string, Waiting>();
  #bytes = 0;
  #lost = 0;
  #timers: NodeJS.Timeout[] = [];
  #working: Promise<void> = Promise.resolve();

  constructor(options: AccessLogOptions) {
    this.#options = options;
  }

  /** Reads which buckets are logged, and begins. */
  async start(): Promise<void> {
    const { intervalMs, refreshMs } = this.#options;
    this.#timers = [
      setInterval(() => void this.refresh(), refreshMs),
      setInterval(() => void this.flush(), intervalMs),
    ];
    for (const timer of this.#timers) timer.unref();
    await this.refresh();
  }

  /** Delivers what waits, if it can. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush();
  }

  /** Looks again which buckets are logged. */
  async refresh(): Promise<void> {
    try {
      const buckets = await bucketsWith(this.#options.pool, 'logging');
      this.#logged = new Map(buckets.map(({ name, owner }) => [name, owner.canonicalId]));
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'cannot tell which buckets are logged; going by what was known');
    }
  }

  /** Watches the request if its bucket is logged; else it costs a look into a map. */
  watch(request: Omit<RequestToWatch, 'bucket'> & { readonly bucket: string | undefined }): WatchedRequest | undefined {
    const { bucket } = request;
    if (bucket === undefined || this.#logged.size === 0) return undefined;
    const bucketOwner = this.#logged.get(bucket);
    if (bucketOwner === undefined) return undefined;
    return new WatchedRequest({ ...request, bucket }, (record) =>
      this.#add(bucket, logLine({ bucketOwner, ...record })),
    );
  }

  /** Delivers all that waits. */
  async flush(): Promise<void> {
    this.#working = this.#working.then(async () => {
      for (const bucket of [...this.#waiting.keys()]) await this.#flushOne(bucket);
    });
    await this.#working;
  }

  #add(bucket: string, line: string): void {
    const bytes = Buffer.from(line, 'utf8');
    const { maxBytes = MAX_BYTES, maxLines, logger } = this.#options;
    if (this.#bytes + bytes.length > maxBytes) {
      // Not once a request: there are many.
      if (this.#lost++ === 0) logger.warn({ bucket, maxBytes }, 'too many access log lines wait; new ones are lost');
      return;
    }
    const waiting = this.#waiting.get(bucket) ?? { lines: [], bytes: 0 };
    this.#waiting.set(bucket, waiting);
    waiting.lines.push(bytes);
    waiting.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (waiting.lines.length === maxLines) void this.flush();
  }

  /** What cannot be delivered now waits on; what never can be is dropped. */
  async #flushOne(bucket: string): Promise<void> {
    const waiting = this.#waiting.get(bucket);
    if (waiting === undefined) return;
    const { logger } = this.#options;
    const lines = waiting.lines.splice(0);
    const bytes = waiting.bytes;
    waiting.bytes = 0;
    try {
      const delivery = await deliver(this.#options, bucket, Buffer.concat(lines));
      if ('dropped' in delivery) {
        logger.warn({ bucket, lines: lines.length, reason: delivery.dropped }, 'access log lines are dropped');
      }
      this.#bytes -= bytes;
      if (waiting.lines.length === 0) this.#waiting.delete(bucket);
      if (this.#lost > 0) logger.warn({ lines: this.#lost }, 'access log lines were lost');
      this.#lost = 0;
    } catch (error) {
      logger.warn({ err: error, bucket }, 'access log lines cannot be delivered now; trying again later');
      waiting.lines.unshift(...lines);
      waiting.bytes += bytes;
    }
  }
}
