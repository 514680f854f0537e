import type { Metrics } from '@mallee/daemon';

/** The figures of the SOAP services of a daemon; see docs/reference/wire.md. */
export class ServiceMetrics {
  readonly #service: string;
  readonly #calls;
  readonly #refused;
  readonly #seconds;

  constructor(metrics: Metrics, service: string) {
    this.#service = service;
    this.#calls = metrics.counter('soap_requests_total', 'SOAP requests by operation and result', [
      'service',
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
  }

  served(operation: string, result: 'ok' | 'failed' | 'fault', seconds: number): void {
    this.#calls.inc({ service: this.#service, operation, result });
    this.#seconds.observe({ service: this.#service, operation }, seconds);
  }

  refused(code: string): void {
    this.#refused.inc({ service: this.#service, code });
  }
}
