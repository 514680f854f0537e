import { fileURLToPath } from 'node:url';

export type { QueueAddress } from './backend.js';
export { cancelRun, enqueueOutbox, runStatus, type OutboxEntry, type RunStatus } from './outbox.js';
export { startOutboxRelay, type OutboxRelay, type RelayOptions } from './relay.js';
export { startWorker, type JobWorker, type WorkerOptions } from './worker.js';
export {
  defineWorkflow,
  isTransient,
  type AnyWorkflow,
  type Step,
  type StepContext,
  type StepState,
  type Workflow,
} from './workflow.js';

/** Folder of migrations for `migrate()`: every service that uses jobs lists it. */
export const jobsMigrations: string = fileURLToPath(new URL('../migrations', import.meta.url));
