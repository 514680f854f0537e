import type { Metrics } from '@mallee/daemon';
import type { VerifiedMessage } from '@mallee/ws-security';

/** Peers with a clock figure of their own; certificates are replaced now and then, series never end. */
const MOST_PEERS = 500;

/** The figures of the SOAP services of a daemon; see docs/reference/wire.md. */
export class ServiceMetrics {
  readonly #service: string;
  readonly #peers = new Set<string>();
  readonly #calls;
  readonly #refused;
  readonly #seconds;
  readonly #legacy;
  readonly #skew;

  constructor(metrics: Metrics, service: string) {
    this.#service = service;
    this.#calls = metrics.counter('soap_requests_total', 'SOAP requests by operation, dialect and result', [
      'service',
      'dialect',
      'operation',
      'result',
    ]);
    this.#refused = metrics.counter('soap_refused_total', 'SOAP requests refused before dispatch, by code', [
      'service',
      'code',
    ]);
    this.#seconds = metrics.histogram('soap_request_seconds', 'Time to serve a verified SOAP request', [
      'service',
      'operation',
    ]);
    this.#legacy = metrics.counter(
      'soap_legacy_requests_total',
      'Requests of peers that are allowed a weaker profile; body says whether the Body was signed',
      ['service', 'peer', 'profile', 'body'],
    );
    this.#skew = metrics.gauge(
      'soap_clock_skew_seconds',
      'Created of the last message of a peer (start of the SHA-256 of its certificate) minus our clock',
      ['service', 'peer'],
    );
  }

  /** A message that holds. */
  verified({ profile, bodySigned }: VerifiedMessage, fingerprint: string): void {
    if (profile === 'body-timestamp') return;
    const [service, peer] = [this.#service, this.#bounded(fingerprint)];
    this.#legacy.inc({ service, peer, profile, body: bodySigned ? 'signed' : 'unsigned' });
  }

  /** Also of a message that is refused for its time, when the figure is wanted most. */
  skew(fingerprint: string, skewMs: number): void {
    this.#skew.set({ service: this.#service, peer: this.#bounded(fingerprint) }, skewMs / 1000);
  }

  served(dialect: string, operation: string, result: 'ok' | 'failed' | 'fault', seconds: number): void {
    this.#calls.inc({ service: this.#service, dialect, operation, result });
    this.#seconds.observe({ service: this.#service, operation }, seconds);
  }

  refused(code: string): void {
    this.#refused.inc({ service: this.#service, code });
  }

  #bounded(fingerprint: string): string {
    if (this.#peers.has(fingerprint)) return fingerprint;
    if (this.#peers.size >= MOST_PEERS) return 'other';
    this.#peers.add(fingerprint);
    return fingerprint;
  }
}
