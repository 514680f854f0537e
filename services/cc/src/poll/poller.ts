import { setMaxListeners } from 'node:events';
import type { Cluster, PollRequests } from '../cluster.js';
import { toMalleeError } from '@mallee/errors';
import { endOverdue } from '../launch/end-overdue.js';
import { forgetEnded } from '../store/instances.js';
import { listNodes } from '../store/nodes.js';
import { observeUse } from './observe-use.js';
import { pollNode } from './poll-node.js';

/** Nodes polled at the same time at most. */
const LIMIT = 32;
/** The longest pause a failing node gets, in seconds. */
const MAX_PAUSE_SECONDS = 60;
const FAILURES_BEFORE_BREAK = 3;
const HOUSEKEEPING_SECONDS = 10;

interface Watched {
  timer: NodeJS.Timeout | undefined;
  running: boolean;
  /** Asked for while it was being polled. */
  again: boolean;
  failures: number;
}

/** Seconds until the next poll: the interval, longer and longer for a node that keeps failing; ±10 % to spread them. */
export function pauseSeconds(interval: number, failures: number, random: () => number = Math.random): number {
  const doublings = Math.max(0, failures - FAILURES_BEFORE_BREAK + 1);
  const pause = Math.min(interval * 2 ** Math.min(doublings, 16), Math.max(interval, MAX_PAUSE_SECONDS));
  return pause * (0.9 + 0.2 * random());
}

/**
 * Polls every node on its own clock, so that a slow or dead one delays no other. A node is never polled twice at the same
 * time; a request during a poll makes one more follow.
 */
export class Poller implements PollRequests {
  #cluster: Cluster | undefined;
  readonly #nodes = new Map<string, Watched>();
  readonly #waiting: string[] = [];
  readonly #active = new Set<Promise<void>>();
  #housekeeping: NodeJS.Timeout | undefined;
  readonly #abort = new AbortController();

  /** Starts polling; every node is polled at once. */
  async start(cluster: Cluster): Promise<void> {
    this.#cluster = cluster;
    // Every call of every poll listens to it.
    setMaxListeners(0, this.#abort.signal);
    await this.refresh();
    const seconds = Math.max(HOUSEKEEPING_SECONDS, cluster.config().timings.pollSeconds);
    this.#housekeeping = setInterval(() => void this.#housekeep(cluster), seconds * 1000).unref();
  }

  /** Follows a changed list of nodes. */
  async refresh(): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    const urls = new Set((await listNodes(cluster.pool)).map((node) => node.url));
    for (const [url, watched] of this.#nodes) {
      if (urls.has(url)) continue;
      clearTimeout(watched.timer);
      this.#nodes.delete(url);
    }
    for (const url of urls) {
      if (this.#nodes.has(url)) continue;
      this.#nodes.set(url, { timer: undefined, running: false, again: false, failures: 0 });
      this.pollNow(url);
    }
  }

  pollNow(url?: string): void {
    if (url === undefined) {
      for (const known of this.#nodes.keys()) this.pollNow(known);
      return;
    }
    const watched = this.#nodes.get(url);
    if (watched === undefined || this.#stopped) return;
    clearTimeout(watched.timer);
    if (watched.running) watched.again = true;
    else if (!this.#waiting.includes(url)) this.#waiting.push(url);
    this.#drain();
  }

  /** Breaks off the polls under way; they record nothing. */
  async stop(): Promise<void> {
    this.#abort.abort();
    clearInterval(this.#housekeeping);
    for (const watched of this.#nodes.values()) clearTimeout(watched.timer);
    this.#waiting.length = 0;
    await Promise.all(this.#active);
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  #drain(): void {
    while (this.#active.size < LIMIT) {
      const url = this.#waiting.shift();
      if (url === undefined) return;
      const watched = this.#nodes.get(url);
      if (watched === undefined || watched.running) continue;
      const run = this.#poll(url, watched).finally(() => {
        this.#active.delete(run);
        this.#drain();
      });
      this.#active.add(run);
    }
  }

  async #poll(url: string, watched: Watched): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    watched.running = true;
    watched.again = false;
    const labels = ['node', 'outcome'] as const;
    const end = cluster.metrics
      .histogram('node_poll_seconds', 'Duration of node polls', labels)
      .startTimer({ node: url });
    let ok = false;
    try {
      ok = await pollNode(cluster, url, this.#abort.signal);
    } catch (error) {
      cluster.logger.error({ err: error, node: url }, 'a poll could not be recorded');
    }
    end({ outcome: ok ? 'ok' : 'failed' });
    watched.running = false;
    watched.failures = ok ? 0 : watched.failures + 1;
    if (this.#stopped || this.#nodes.get(url) !== watched) return;
    if (watched.again) {
      this.#waiting.push(url);
      return;
    }
    const pause = pauseSeconds(cluster.config().timings.pollSeconds, watched.failures);
    watched.timer = setTimeout(() => this.pollNow(url), pause * 1000).unref();
  }

  async #housekeep(cluster: Cluster): Promise<void> {
    try {
      await forgetEnded(cluster.pool);
      await endOverdue(cluster);
      await cluster.network.apply();
      await observeUse(cluster);
    } catch (error) {
      cluster.logger.warn({ reason: toMalleeError(error).message }, 'housekeeping failed; it is tried again');
    }
  }
}
