import { MalleeError, toMalleeError } from '@mallee/errors';
import type { LaunchContext, LaunchHook } from './hook.js';

/** Runs the hooks in order; the first failure ends the launch and tells which hook it was. */
export async function runHooks(hooks: readonly LaunchHook[], context: LaunchContext): Promise<void> {
  for (const hook of hooks) {
    context.signal.throwIfAborted();
    const started = performance.now();
    try {
      await hook.prerun(context);
    } catch (error) {
      if (context.signal.aborted) throw error;
      const typed = toMalleeError(error);
      throw new MalleeError(typed.code, `${hook.name}: ${typed.message}`, { cause: error, details: typed.details });
    }
    context.logger.debug({ hook: hook.name, ms: Math.round(performance.now() - started) }, 'launch step done');
  }
}

/**
 * Undoes all hooks, last first, whether or not they ran. The domain goes first: when it cannot be ended, nothing it uses
 * is taken away and the error is thrown, so that the caller tries again later. Later failures do not stop the others.
 */
export async function undoHooks(
  hooks: readonly LaunchHook[],
  context: Pick<LaunchContext, 'record' | 'logger'>,
): Promise<void> {
  let failure: unknown;
  for (const [position, hook] of [...hooks].reverse().entries()) {
    try {
      await hook.undo(context);
    } catch (error) {
      if (position === 0) throw error;
      failure ??= error;
      context.logger.warn({ err: error, hook: hook.name }, 'undoing a launch step failed');
    }
  }
  if (failure !== undefined) throw toMalleeError(failure);
}
