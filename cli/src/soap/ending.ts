import { isMalleeError } from '@mallee/errors';
import { reportError } from '../report-error.js';
import { exitCodes } from './exit-codes.js';
import { UsageError } from './usage-error.js';

/** Runs a command and ends the process with its exit code. */
export async function ending(run: () => Promise<number> | number): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`mallee: ${error.message}\n`);
      process.exitCode = exitCodes.usage;
      return;
    }
    reportError(error);
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (!isMalleeError(error)) return exitCodes.noAnswer;
  if (error.code === 'Wire.PeerFault') return exitCodes.failed;
  return error.code === 'Configuration.Invalid' ? exitCodes.usage : exitCodes.noAnswer;
}
