import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const PREFIX = 'mallee_';
const DEFAULT_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Prometheus metrics of one daemon. Asking twice for one name gives the same metric. */
export class Metrics {
  readonly registry = new Registry();

  constructor(labels: Readonly<Record<string, string>> = {}, { collectProcess = false } = {}) {
    this.registry.setDefaultLabels({ ...labels });
    if (collectProcess) collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return this.#once(name, (full) => new Counter({ name: full, help, labelNames, registers: [this.registry] }));
  }

  gauge<L extends string = string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return this.#once(name, (full) => new Gauge({ name: full, help, labelNames, registers: [this.registry] }));
  }

  /** Seconds, unless the name says otherwise. */
  histogram<L extends string = string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    buckets: readonly number[] = DEFAULT_BUCKETS,
  ): Histogram<L> {
    return this.#once(
      name,
      (full) => new Histogram({ name: full, help, labelNames, buckets: [...buckets], registers: [this.registry] }),
    );
  }

  #once<T>(name: string, make: (full: string) => T): T {
    const full = PREFIX + name;
    return (this.registry.getSingleMetric(full) as T | undefined) ?? make(full);
  }
}
