import type { Logger, Metrics } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import type { ComponentClients } from '../components/clients.js';
import type { ClcConfig } from '../config.js';

export interface LifecycleConfig {
  /** redis://... or postgres://... */
  readonly queueUrl: string;
  readonly timings: ClcConfig['timings'];
}

/** What every part of the lifecycle works with. */
export interface LifecycleContext {
  readonly pool: Pool;
  readonly config: LifecycleConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clients: ComponentClients;
  /** Looks at a zone now instead of at the next turn. */
  readonly hint: (zone: string) => void;
}

/** A cluster or storage controller that is away stops the deadlines of its resources for this many deadlines at most. */
const SILENT_DEADLINES = 6;

export function silentGrace(deadlineMs: number): number {
  return deadlineMs * (SILENT_DEADLINES - 1);
}
