// The lifecycle of a cloud controller as a process of its own, for tests that kill it.
import { createLogger, Metrics } from '@mallee/daemon';
import { createPool } from '@mallee/database';
import { componentClients } from '../src/components/clients.js';
import { timingsSchema } from '../src/config.js';
import { startLifecycle } from '../src/lifecycle/index.js';
import type { Identity } from './simulated-zone.js';

export interface LifecycleProcessOptions {
  readonly databaseUrl: string;
  readonly queueUrl: string;
  readonly schema: string;
  readonly identity: Identity;
  readonly timings: object;
}

const options = JSON.parse(process.argv[2] ?? '{}') as LifecycleProcessOptions;
const pool = createPool(options.databaseUrl, { schema: options.schema });
const logger = createLogger({ name: 'lifecycle', level: 'warn' });
const clients = componentClients(pool, options.identity, logger);
const config = { queueUrl: options.queueUrl, timings: timingsSchema.parse(options.timings) };
await startLifecycle({ pool, config, logger, metrics: new Metrics(), clients, leaseMs: 2000 });
