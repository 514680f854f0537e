import type { Metrics } from '@mallee/daemon';

/** Figures of calls by operation; a peer is never a label, so their number does not grow with the cloud. */
export class ClientMetrics {
  readonly #service: string;
  readonly #calls;
  readonly #seconds;

  constructor(metrics: Metrics, service: string) {
    this.#service = service;
    const labels = ['service', 'operation'] as const;
    this.#calls = metrics.counter('soap_client_calls_total', 'SOAP calls by operation and result: ok or the code', [
      ...labels,
      'result',
    ]);
    this.#seconds = metrics.histogram(
      'soap_client_call_seconds',
      'Time of a whole SOAP call, waiting included',
      labels,
    );
  }

  called(operation: string, result: string, seconds: number): void {
    this.#calls.inc({ service: this.#service, operation, result });
    this.#seconds.observe({ service: this.#service, operation }, seconds);
  }
}

/** Figures of all the peers of a daemon together; which ones they are is in the log. */
export class PeerMetrics {
  readonly #active;
  readonly #waiting;
  readonly #open;

  constructor(metrics: Metrics | undefined) {
    this.#active = metrics?.gauge('soap_client_active_calls', 'SOAP calls under way');
    this.#waiting = metrics?.gauge('soap_client_waiting_calls', 'SOAP calls that wait for their turn at a peer');
    this.#open = metrics?.gauge('soap_client_open_breakers', 'Peers that are not called because they do not answer');
  }

  /** Changes since the last time. */
  add(change: { active?: number; waiting?: number; open?: number }): void {
    if (change.active) this.#active?.inc(change.active);
    if (change.waiting) this.#waiting?.inc(change.waiting);
    if (change.open) this.#open?.inc(change.open);
  }
}
