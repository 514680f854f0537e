import { randomUUID } from 'node:crypto';
import type { Pool } from '@mallee/database';
import { withCorrelation, type Logger, type Metrics } from '@mallee/daemon';
import { openQueue, startConsumer, type JobQueue, type QueueAddress } from './backend.js';
import { advance, type Outcome, type StepEvent } from './engine.js';
import { Leases } from './leases.js';
import { withPrefix } from './prefix.js';
import { claimRun, releaseRun, type Run } from './run-store.js';
import type { AnyWorkflow } from './workflow.js';

export interface WorkerOptions extends QueueAddress {
  /** Without the prefix. */
  readonly queueName: string;
  readonly workflows: readonly AnyWorkflow[];
  /** Pool of the schema that holds `workflow_run`. */
  readonly pool: Pool;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Runs at the same time; default 20. */
  readonly concurrency?: number;
  /** A run whose worker has been silent this long is resumed by another one; default 10,000 ms. */
  readonly leaseMs?: number;
  /** How long `stop` lets the present steps run before it interrupts them; default 5000 ms. */
  readonly graceMs?: number;
}

export interface JobWorker {
  /** Takes no new run, lets the present steps end (or interrupts them after the grace), gives the runs back. */
  stop(): Promise<void>;
}

/** How long a run rests when it could not even be claimed (Postgres away). */
const TROUBLE_MS = 2000;

/** Works on the runs of one queue until stopped. */
export async function startWorker(options: WorkerOptions): Promise<JobWorker> {
  const worker = new Worker(options);
  return await worker.start();
}

class Worker {
  readonly #options: WorkerOptions;
  readonly #workflows: ReadonlyMap<string, AnyWorkflow>;
  readonly #leases: Leases;
  readonly #leaseMs: number;
  readonly #observe: (event: StepEvent) => void;
  #queue: JobQueue | undefined;
  #stopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#workflows = new Map(options.workflows.map((workflow) => [workflow.name, workflow]));
    this.#leaseMs = options.leaseMs ?? 10_000;
    this.#leases = new Leases(options.pool, options.logger, this.#leaseMs);
    this.#observe = observer(options.metrics);
  }

  async start(): Promise<JobWorker> {
    const { logger, queueName, concurrency = 20 } = this.#options;
    const onError = (error: Error): void => logger.warn({ err: error, queue: queueName }, 'queue error');
    const address = await withPrefix(this.#options.pool, this.#options);
    // Only to wake waiting runs early; without it they wait for their next look.
    this.#queue = await openQueue(address, queueName, onError).catch((error: unknown) => {
      logger.warn({ err: error, queue: queueName }, 'the queue server does not answer');
      return undefined;
    });
    const handle = (runId: number): Promise<number | undefined> => this.#handle(runId);
    const consumer = await startConsumer(address, queueName, {
      concurrency,
      lockMs: this.#leaseMs,
      handle,
      onError,
    });
    return {
      stop: async () => {
        this.#stopping = true;
        const grace = setTimeout(() => this.#leases.interruptAll(), this.#options.graceMs ?? 5000);
        await consumer.close();
        clearTimeout(grace);
        this.#leases.close();
        await this.#queue?.close();
      },
    };
  }

  /** One job of the queue: milliseconds until it is to come back, or undefined when the run is over. */
  async #handle(runId: number): Promise<number | undefined> {
    const owner = randomUUID();
    const signal = this.#leases.hold(owner);
    try {
      const describe = (name: string, data: unknown): { ticket: string; deadlineMs: number } | undefined => {
        const workflow = this.#workflows.get(name);
        if (workflow === undefined)
          this.#options.logger.error({ workflow: name, runId }, 'a job names an unknown workflow');
        return workflow && { ticket: workflow.ticket(data), deadlineMs: workflow.deadlineMs };
      };
      const claim = await claimRun(this.#options.pool, { runId, owner, leaseMs: this.#leaseMs, describe });
      if (claim.kind === 'gone') return undefined;
      if (claim.kind === 'later') return claim.ms;
      return await this.#advance(claim.run, signal);
    } catch (error) {
      this.#options.logger.warn({ err: error, runId }, 'a run was interrupted; it is looked at again');
      return TROUBLE_MS;
    } finally {
      this.#leases.drop(owner);
    }
  }

  async #advance(run: Run, signal: AbortSignal): Promise<number | undefined> {
    const workflow = this.#workflows.get(run.workflow) as AnyWorkflow;
    const logger = this.#options.logger.child({ workflow: run.workflow, jobId: run.jobId });
    const work = (): Promise<Outcome> =>
      advance(workflow, run, {
        pool: this.#options.pool,
        logger,
        signal,
        stopping: () => this.#stopping,
        observe: this.#observe,
      });
    try {
      const outcome = await (run.correlationId === undefined ? work() : withCorrelation(run.correlationId, work));
      if (outcome.kind === 'later') return outcome.ms;
      this.#options.metrics
        ?.counter('workflow_runs_total', 'Workflows that ended', ['workflow', 'phase'])
        .inc({ workflow: run.workflow, phase: outcome.phase });
      if (outcome.next !== undefined) await this.#wakeNext(outcome.next);
      return undefined;
    } catch (error) {
      // Whatever went wrong outside of the steps (usually Postgres): make the run free for the next look, if we can.
      await releaseRun(this.#options.pool, run, 0).catch(() => undefined);
      throw error;
    }
  }

  /** The run that waited for the ticket need not wait for its next look. */
  async #wakeNext(runId: number): Promise<void> {
    try {
      await this.#queue?.promote(runId);
    } catch (error) {
      this.#options.logger.debug({ err: error, runId }, 'the next run of the ticket could not be woken');
    }
  }
}

function observer(metrics: Metrics | undefined): (event: StepEvent) => void {
  if (metrics === undefined) return () => undefined;
  const labels = ['workflow', 'step', 'outcome'] as const;
  const histogram = metrics.histogram('workflow_step_seconds', 'Duration of workflow steps', labels);
  return ({ workflow, step, outcome, seconds }) => histogram.observe({ workflow, step, outcome }, seconds);
}
