import type { Logger, Metrics } from '@mallee/daemon';
import { isMalleeError, MalleeError } from '@mallee/errors';
import {
  admit,
  closedBreaker,
  defaultBreaker,
  settle,
  type BreakerOutcome,
  type BreakerSettings,
  type BreakerState,
  type BreakerTicket,
  type OpenBreaker,
} from './breaker.js';
import type { CallLimit } from './call-limit.js';
import { PeerMetrics } from './client-metrics.js';
import { enter, idleLimiter, leave, withdraw, type LimiterSettings } from './limiter.js';
import type { TlsTrust } from './tls.js';
import { HttpTransport, limitError, type HttpReply, type PostOptions } from './transport.js';

/** How a peer is called. */
export interface PeerSettings {
  /** For an https URL, and only there: whom to believe. */
  readonly tls?: TlsTrust;
  /** Calls at a time; default 32. Further ones wait. */
  readonly concurrency?: number;
  /** Calls that may wait; default 256. Further ones are Wire.PeerBusy. */
  readonly maxQueue?: number;
  /** Default true. False: one connection per call, for a peer whose few workers are held by idle connections. */
  readonly keepAlive?: boolean;
  /** Default 20 s: Apache closes a connection that is idle for 30 s, and so do our daemons; ours are gone before that. */
  readonly idleMs?: number;
  /** False: every call is tried. */
  readonly breaker?: Partial<BreakerSettings> | false;
  /** Default 5 s. */
  readonly connectTimeoutMs?: number;
}

export interface PeerLinkOptions extends PeerSettings {
  /** Any URL of the peer: its scheme, host and port count. */
  readonly url: string;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** An original NC: one request at a time, and a kept connection would keep everybody else out. */
export const originalNode: PeerSettings = { concurrency: 1, keepAlive: false };

/** An original CC: eight single-threaded workers; the original CLC has eight messages per CC under way. */
export const originalCluster: PeerSettings = { concurrency: 8, keepAlive: false };

/**
 * One host and port with its connections, the bound on calls at a time and the breaker. Clients of several services of one peer share
 * it, so that bound and breaker are those of the peer.
 */
export class PeerLink {
  readonly origin: string;
  readonly #transport: HttpTransport;
  readonly #limits: LimiterSettings;
  readonly #breaking: BreakerSettings | undefined;
  readonly #now: () => number;
  readonly #logger: Logger | undefined;
  readonly #metrics: PeerMetrics;
  readonly #waiting = new Map<number, { start: () => void; late: () => void }>();
  #limiter = idleLimiter;
  #breaker: BreakerState = closedBreaker;
  #lastId = 0;

  /** @throws Configuration.Invalid */
  constructor(options: PeerLinkOptions) {
    const url = parseUrl(options.url);
    this.origin = url.origin;
    const { tls, keepAlive = true, idleMs = 20_000, connectTimeoutMs = 5000 } = options;
    const { breaker = {}, concurrency = 32, maxQueue = 256 } = options;
    this.#transport = new HttpTransport(url, { tls, keepAlive, idleMs, connectTimeoutMs });
    this.#limits = { concurrency, maxQueue };
    this.#breaking = breaker === false ? undefined : { ...defaultBreaker, ...breaker };
    this.#now = options.now ?? (() => performance.now());
    this.#logger = options.logger;
    this.#metrics = new PeerMetrics(options.metrics);
  }

  /**
   * Posts what `prepare` gives when it is this call's turn. Throws what HttpTransport does, Wire.PeerUnreachable at once while the
   * breaker is open, and Wire.PeerBusy or Wire.PeerTimeout for a call that did not get its turn.
   */
  async post(limit: CallLimit, prepare: () => Omit<PostOptions, 'limit'>): Promise<HttpReply> {
    this.#refuseIfOpen();
    await this.#turn(limit);
    this.#metrics.add({ active: 1 });
    try {
      const ticket = this.#admit();
      const started = this.#now();
      let outcome: BreakerOutcome = { kind: 'neither' };
      try {
        const reply = await this.#transport.post({ ...prepare(), limit });
        outcome = { kind: 'reached' };
        return reply;
      } catch (error) {
        // A call that had waited for most of its time says nothing about the peer when the rest is not enough.
        outcome = outcomeOf(error, this.#now() - started >= limit.timeoutMs / 2);
        throw error;
      } finally {
        this.#settle(ticket, outcome);
      }
    } finally {
      this.#metrics.add({ active: -1 });
      this.#leave();
    }
  }

  /** Closes the connections; calls under way fail. The peer can still be called. */
  close(): void {
    this.#transport.close();
    if (this.#breaker.kind === 'open') this.#metrics.add({ open: -1 });
    this.#breaker = { kind: 'closed', era: this.#breaker.era + 1, trouble: undefined };
  }

  #turn(limit: CallLimit): Promise<void> | undefined {
    const deadline = this.#now() + limit.timeoutMs;
    const id = ++this.#lastId;
    const { state, verdict } = enter(this.#limiter, { id, deadline }, this.#limits);
    this.#limiter = state;
    if (verdict === 'start') return undefined;
    if (verdict === 'full') {
      const { concurrency, maxQueue } = this.#limits;
      const message = `${this.origin} has ${concurrency} calls under way and ${maxQueue} waiting`;
      throw new MalleeError('Wire.PeerBusy', message, { details: { url: this.origin, sent: false } });
    }
    this.#metrics.add({ waiting: 1 });
    return new Promise((resolve, reject) => {
      const end = (then: () => void) => () => {
        this.#waiting.delete(id);
        this.#metrics.add({ waiting: -1 });
        then();
      };
      const late = end(() => reject(this.#tooLate(limit)));
      this.#waiting.set(id, { start: end(resolve), late });
      limit.onEnd(() => {
        if (!this.#waiting.has(id)) return;
        this.#limiter = withdraw(this.#limiter, id);
        late();
      });
    });
  }

  #tooLate(limit: CallLimit): MalleeError {
    const details = { url: this.origin, sent: false, queued: true };
    const aborted = limit.reason === 'aborted' ? limitError(limit, this.origin, details) : undefined;
    const message = `the call to ${this.origin} did not get its turn within ${limit.timeoutMs} ms`;
    return aborted ?? new MalleeError('Wire.PeerTimeout', message, { details });
  }

  #leave(): void {
    const { state, next, late } = leave(this.#limiter, this.#now());
    this.#limiter = state;
    for (const id of late) this.#waiting.get(id)?.late();
    if (next !== undefined) this.#waiting.get(next)?.start();
  }

  #refuseIfOpen(): void {
    const state = this.#breaker;
    if (state.kind === 'open' && this.#now() < state.retryAt) throw this.#refusal(state);
  }

  #admit(): BreakerTicket {
    const { state, ticket } = admit(this.#breaker, this.#now());
    if (ticket === undefined) throw this.#refusal(state);
    this.#breaker = state;
    return ticket;
  }

  #settle(ticket: BreakerTicket, outcome: BreakerOutcome): void {
    if (this.#breaking === undefined) return;
    const before = this.#breaker;
    const after = settle(before, ticket, outcome, this.#now(), this.#breaking);
    this.#breaker = after;
    if (before.kind === after.kind) return;
    this.#metrics.add({ open: after.kind === 'open' ? 1 : -1 });
    const fields = { peer: this.origin, ...after.trouble };
    if (after.kind === 'open') this.#logger?.warn(fields, 'the peer does not answer; calls are refused for a while');
    else this.#logger?.info(fields, 'the peer answers again');
  }

  /** Says since when and why, and when the next call will be tried. */
  #refusal(state: OpenBreaker): MalleeError {
    const { trouble, retryAt } = state;
    const now = this.#now();
    const date = (time: number): string => new Date(Date.now() + time - now).toISOString();
    const since = date(trouble.since);
    const retryAfterMs = Math.max(0, Math.ceil(retryAt - now));
    const message =
      `${this.origin} has not answered since ${since} (${trouble.reason}, ${trouble.failures} calls in a row); ` +
      `the next call is tried in ${retryAfterMs} ms`;
    const details = { url: this.origin, sent: false, since, reason: trouble.reason, failures: trouble.failures };
    return new MalleeError('Wire.PeerUnreachable', message, {
      details: { ...details, retryAfterMs, retryAt: date(retryAt) },
    });
  }
}

/** A refusal, a bad reply or a wrong certificate come from a peer that answers; only silence counts. */
function outcomeOf(error: unknown, hadTime: boolean): BreakerOutcome {
  if (!isMalleeError(error)) return { kind: 'neither' };
  if (error.details['aborted'] === true) return { kind: 'neither' };
  if (error.code === 'Wire.PeerTimeout') {
    return hadTime ? { kind: 'unreachable', reason: 'no answer in time' } : { kind: 'neither' };
  }
  if (error.code !== 'Wire.PeerUnreachable') return { kind: 'reached' };
  const { reason } = error.details;
  return { kind: 'unreachable', reason: typeof reason === 'string' ? reason : error.message };
}

export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new MalleeError('Configuration.Invalid', `${text} is not an http URL of a peer`);
}
