import { isErrorCode, MalleeError, toMalleeError } from '@mallee/errors';
import type { Pool } from '@mallee/database';
import type { Logger } from '@mallee/daemon';
import { attempt, Interruption } from './attempt.js';
import { finishRun, releaseRun, saveProgress, type Run } from './run-store.js';
import { isTransient, type AnyWorkflow, type Step, type StepContext } from './workflow.js';

/** What the engine needs from its worker while it advances one run. */
export interface EngineContext {
  readonly pool: Pool;
  readonly logger: Logger;
  /** Aborted with an `Interruption` when the lease is lost, the run is cancelled or the worker must stop now. */
  readonly signal: AbortSignal;
  /** True when the worker is stopping: the run is given back at the next step boundary. */
  readonly stopping: () => boolean;
  readonly observe: (event: StepEvent) => void;
}

export interface StepEvent {
  readonly workflow: string;
  readonly step: string;
  readonly outcome: 'done' | 'retry' | 'failed' | 'undone';
  readonly seconds: number;
}

export type Outcome =
  | { readonly kind: 'finished'; readonly phase: 'done' | 'failed'; readonly next: number | undefined }
  | { readonly kind: 'later'; readonly ms: number };

const UNDO_ATTEMPTS = 4;
const REPORT_TIMEOUT_MS = 60_000;
const MAX_BACKOFF_MS = 60_000;

type Backoff = Pick<AnyWorkflow['steps'][number], 'backoffMs' | 'maxBackoffMs'>;
const REPORT_BACKOFF: Backoff = { backoffMs: 1000, maxBackoffMs: 30_000 };

/** Advances a claimed run until it has finished or must wait. Progress is in Postgres before the next step begins. */
export async function advance(workflow: AnyWorkflow, claimed: Run, context: EngineContext): Promise<Outcome> {
  let run = claimed;
  for (;;) {
    if (context.stopping()) return await giveBack(run, context, 0);
    let next: Run | Outcome;
    if (run.phase === 'undoing') next = await undoOne(workflow, run, context);
    else if (run.phase === 'reporting') next = await report(workflow, run, context);
    else next = await runOne(workflow, run, context);
    if ('kind' in next) return next;
    run = next;
  }
}

/** The next unfinished step, or the end. */
async function runOne(workflow: AnyWorkflow, run: Run, context: EngineContext): Promise<Run | Outcome> {
  const step = workflow.steps.find((candidate) => !run.stepsDone.includes(candidate.name));
  if (step === undefined) {
    return { kind: 'finished', phase: 'done', next: await finishRun(context.pool, run, 'done') };
  }
  const left = run.deadlineAt.getTime() - Date.now();
  if (run.cancelRequested) return await beginUndo(workflow, run, cancelled(workflow), context);
  if (left <= 0) return await beginUndo(workflow, run, deadline(workflow, step), context);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const event = { workflow: workflow.name, step: step.name };
  try {
    const limit = Math.min(step.timeoutMs, left);
    const result = await attempt(`${workflow.name}: ${step.name}`, limit, context, run, (ctx) => step.run(ctx));
    context.observe({ ...event, outcome: 'done', seconds: seconds() });
    const state = { ...run.state, ...(result ?? {}) };
    return await saveProgress(context.pool, run, { stepsDone: [...run.stepsDone, step.name], state, attempt: 0 });
  } catch (error) {
    if (error instanceof Interruption) return await interrupted(workflow, run, error, context);
    const failure = toMalleeError(error);
    const again = (step.retryable ?? isTransient)(failure);
    context.observe({ ...event, outcome: again ? 'retry' : 'failed', seconds: seconds() });
    if (run.deadlineAt.getTime() <= Date.now())
      return await beginUndo(workflow, run, deadline(workflow, step, failure), context);
    if (!again || run.attempt + 1 >= step.attempts) return await beginUndo(workflow, run, failure, context);
    context.logger.warn(
      { err: failure, step: step.name, attempt: run.attempt + 1 },
      'a step failed; it is tried again',
    );
    return await retryLater(run, step, context);
  }
}

async function interrupted(
  workflow: AnyWorkflow,
  run: Run,
  interruption: Interruption,
  context: EngineContext,
): Promise<Run | Outcome> {
  if (interruption.reason === 'stopping') return await giveBack(run, context, 0);
  if (interruption.reason === 'cancelled') return await beginUndo(workflow, run, cancelled(workflow), context);
  throw interruption; // The lease is lost: the run is somebody else's.
}

/** Records the failure, then undoes the step that was under way (it may have had effects) and all finished ones. */
async function beginUndo(workflow: AnyWorkflow, run: Run, error: MalleeError, context: EngineContext): Promise<Run> {
  context.logger.warn(
    { err: error, workflow: workflow.name, jobId: run.jobId },
    'the workflow failed; its steps are undone',
  );
  const present = workflow.steps.find((step) => !run.stepsDone.includes(step.name));
  return await saveProgress(context.pool, run, {
    phase: 'undoing',
    stepsDone: present === undefined ? run.stepsDone : [...run.stepsDone, present.name],
    attempt: 0,
    errorCode: error.code,
    errorMessage: error.message,
  });
}

async function undoOne(workflow: AnyWorkflow, run: Run, context: EngineContext): Promise<Run | Outcome> {
  const name = run.stepsDone.at(-1);
  if (name === undefined) return await saveProgress(context.pool, run, { phase: 'reporting', attempt: 0 });
  const step = workflow.steps.find((candidate) => candidate.name === name);
  try {
    if (step?.undo !== undefined) await undo(workflow, step, run, context);
  } catch (error) {
    if (error instanceof Interruption && error.reason === 'stopping') return await giveBack(run, context, 0);
    if (error instanceof Interruption && error.reason === 'lost') throw error;
    if (run.attempt + 1 < UNDO_ATTEMPTS) return await retryLater(run, step ?? REPORT_BACKOFF, context);
    // The reconciliation of the daemon finds what is left behind; the failure must be reported all the same.
    context.logger.error({ err: error, step: name, jobId: run.jobId }, 'a step could not be undone; going on without');
  }
  return await saveProgress(context.pool, run, { stepsDone: run.stepsDone.slice(0, -1), attempt: 0 });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in AnyWorkflow
async function undo(workflow: AnyWorkflow, step: Step<any, any>, run: Run, context: EngineContext): Promise<void> {
  const started = performance.now();
  await attempt(`${workflow.name}: undo ${step.name}`, step.timeoutMs, context, run, async (ctx) => step.undo?.(ctx));
  const seconds = (performance.now() - started) / 1000;
  context.observe({ workflow: workflow.name, step: step.name, outcome: 'undone', seconds });
}

async function report(workflow: AnyWorkflow, run: Run, context: EngineContext): Promise<Run | Outcome> {
  const code = run.errorCode !== undefined && isErrorCode(run.errorCode) ? run.errorCode : 'InternalError';
  const error = new MalleeError(code, run.errorMessage ?? '');
  try {
    const label = `${workflow.name}: report the failure`;
    await attempt(label, REPORT_TIMEOUT_MS, context, run, (ctx: StepContext<unknown>) => workflow.onFailed(ctx, error));
  } catch (failure) {
    if (failure instanceof Interruption && failure.reason === 'lost') throw failure;
    if (failure instanceof Interruption) return await giveBack(run, context, 0);
    context.logger.error(
      { err: failure, jobId: run.jobId },
      'the failure of a workflow could not be reported; trying again',
    );
    return await retryLater(run, REPORT_BACKOFF, context);
  }
  return { kind: 'finished', phase: 'failed', next: await finishRun(context.pool, run, 'failed') };
}

async function retryLater(run: Run, backoff: Backoff, context: EngineContext): Promise<Outcome> {
  const saved = await saveProgress(context.pool, run, { attempt: run.attempt + 1 });
  const delay = Math.min(backoff.maxBackoffMs ?? MAX_BACKOFF_MS, backoff.backoffMs * 2 ** Math.min(run.attempt, 20));
  // A retry is never planned beyond the deadline: the end must come on time.
  const left = run.deadlineAt.getTime() - Date.now();
  return await giveBack(saved, context, run.phase === 'running' ? Math.max(0, Math.min(delay, left)) : delay);
}

async function giveBack(run: Run, context: EngineContext, delayMs: number): Promise<Outcome> {
  await releaseRun(context.pool, run, delayMs);
  return { kind: 'later', ms: delayMs };
}

function cancelled(workflow: AnyWorkflow): MalleeError {
  return new MalleeError('Workflow.Cancelled', `${workflow.name} was cancelled`);
}

function deadline(workflow: AnyWorkflow, step: { name: string }, last?: MalleeError): MalleeError {
  const why = last === undefined ? '' : `; last failure: ${last.code}: ${last.message}`;
  const message = `${workflow.name} did not end within ${workflow.deadlineMs / 1000} s, at step ${step.name}${why}`;
  return new MalleeError('Workflow.DeadlineExceeded', message, last === undefined ? {} : { cause: last });
}
