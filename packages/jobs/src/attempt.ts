import { MalleeError } from '@mallee/errors';
import type { Logger } from '@mallee/daemon';
import type { Run } from './run-store.js';
import type { StepContext } from './workflow.js';

/** Why a step was stopped from outside; not a failure of the step. */
export class Interruption extends Error {
  readonly reason: 'lost' | 'cancelled' | 'stopping';

  constructor(reason: Interruption['reason']) {
    super(`interrupted: ${reason}`);
    this.name = 'Interruption';
    this.reason = reason;
  }
}

export interface AttemptContext {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** How long a step may take to notice that its signal was aborted. */
const GRACE_MS = 5000;

/**
 * One try of a step: aborts its signal at the timeout or at an interruption and gives it a moment to end by itself. A step
 * that still succeeds in that moment has succeeded. Throws the step's error, `Platform.Timeout` or the `Interruption`.
 */
export async function attempt<T>(
  label: string,
  timeoutMs: number,
  context: AttemptContext,
  run: Run,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the engine holds workflows of every data type
  work: (step: StepContext<any, any>) => Promise<T>,
): Promise<T> {
  // A cancellation asks the steps to stop; the undo and the report that follow it must not be stopped by it.
  const interrupts = (): Interruption | undefined => {
    const reason: unknown = context.signal.aborted ? context.signal.reason : undefined;
    if (!(reason instanceof Interruption)) return undefined;
    return reason.reason === 'cancelled' && run.phase !== 'running' ? undefined : reason;
  };
  const controller = new AbortController();
  let reason: Error | undefined;
  const timeout = new MalleeError('Platform.Timeout', `${label} took longer than ${timeoutMs} ms`);
  let giveUp: (error: Error) => void = () => undefined;
  const gaveUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
  let grace: NodeJS.Timeout | undefined;
  const abort = (error: Error): void => {
    if (reason !== undefined) return;
    reason = error;
    controller.abort(error);
    grace = setTimeout(() => {
      context.logger.warn({ step: label }, 'a step goes on after its signal was aborted');
      giveUp(error);
    }, GRACE_MS);
  };
  const onSignal = (): void => {
    const interruption = interrupts();
    if (interruption !== undefined) abort(interruption);
  };
  const timer = setTimeout(() => abort(timeout), timeoutMs);
  context.signal.addEventListener('abort', onSignal);
  onSignal();
  try {
    return await Promise.race([work(stepContext(run, controller.signal, context.logger)), gaveUp]);
  } catch (error) {
    throw reason ?? error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    context.signal.removeEventListener('abort', onSignal);
  }
}

function stepContext(run: Run, signal: AbortSignal, logger: Logger): StepContext<unknown> {
  return {
    data: run.data,
    state: run.state,
    jobId: run.jobId,
    correlationId: run.correlationId,
    attempt: run.attempt,
    signal,
    logger,
  };
}
