import type { MalleeError } from '@mallee/errors';
import type { Logger } from '@mallee/daemon';

/** State that steps hand to later steps: JSON, kept in Postgres after each step. */
export type StepState = Record<string, unknown>;

/** What a step (or its undo, or `onFailed`) is given. */
export interface StepContext<Data, State extends StepState = StepState> {
  readonly data: Data;
  /** Merged results of the steps that have finished. */
  readonly state: Readonly<Partial<State>>;
  readonly jobId: string;
  readonly correlationId: string | undefined;
  /** Failures of this step so far. */
  readonly attempt: number;
  /** Aborted at the timeout of the step, the deadline, a cancellation, or when another worker has taken over. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface Step<Data, State extends StepState = StepState> {
  readonly name: string;
  /** Milliseconds one attempt may take. */
  readonly timeoutMs: number;
  /** Attempts at most (a crash of the worker is not counted); then the workflow is undone. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled each time up to `maxBackoffMs`. */
  readonly backoffMs: number;
  /** Default: a minute. */
  readonly maxBackoffMs?: number;
  /** Must be idempotent: after a crash it runs again. What it returns is merged into the state. */
  run(context: StepContext<Data, State>): Promise<Partial<State> | void>;
  /** Takes back what `run` did, also when `run` did nothing or half of it. */
  undo?(context: StepContext<Data, State>): Promise<void>;
  /** Whether another attempt makes sense; default: `isTransient`. */
  retryable?(error: MalleeError): boolean;
}

export interface Workflow<Data, State extends StepState = StepState> {
  readonly name: string;
  /** Shown in logs; progress is kept by step name, so steps may be added or moved between versions. */
  readonly version: number;
  /** Subject of the operation ("instance i-12345678"): runs with the same ticket are done one after the other. */
  ticket(data: Data): string;
  /** Milliseconds from the first start until the workflow is undone with `Workflow.DeadlineExceeded`. */
  readonly deadlineMs: number;
  readonly steps: readonly Step<Data, State>[];
  /** Called after the undo, until it succeeds; must be idempotent. Records the typed reason. */
  onFailed(context: StepContext<Data, State>, error: MalleeError): Promise<void>;
}

/** A workflow of any data, as workers hold it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of workflows has no other common type (parameters are contravariant)
export type AnyWorkflow = Workflow<any, any>;

/** Checks a workflow once, when the daemon starts: names unique, numbers positive. */
export function defineWorkflow<Data, State extends StepState = StepState>(
  workflow: Workflow<Data, State>,
): Workflow<Data, State> {
  const names = workflow.steps.map((step) => step.name);
  if (new Set(names).size !== names.length) throw new TypeError(`workflow ${workflow.name}: step names must differ`);
  if (names.length === 0) throw new TypeError(`workflow ${workflow.name} has no steps`);
  for (const { name, timeoutMs, attempts, backoffMs } of workflow.steps) {
    if (!(timeoutMs > 0) || !(attempts >= 1) || !(backoffMs >= 0)) {
      throw new TypeError(`workflow ${workflow.name}, step ${name}: timeout, attempts or backoff out of range`);
    }
  }
  if (!(workflow.deadlineMs > 0)) throw new TypeError(`workflow ${workflow.name}: deadline out of range`);
  return workflow;
}

/** Failures that may pass by themselves: an untyped error, a peer or database that does not answer, an overload. */
export function isTransient(error: MalleeError): boolean {
  return error.code === 'InternalError' || [429, 503, 504].includes(error.status);
}
