import { isMalleeError } from '@mallee/errors';
import { reportError } from '../report-error.js';
import { exitCodes } from './exit-codes.js';

/** Runs a command and ends the process with its exit code. */
export async function ending(run: () => Promise<number> | number): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    reportError(error);
    process.exitCode = exitCodeOf(error);
  }
}

/** What is wrong with the options, the files they name, or the request. */
const called: ReadonlySet<string> = new Set(['Command.Invalid', 'Configuration.Invalid']);

function exitCodeOf(error: unknown): number {
  if (!isMalleeError(error)) return exitCodes.noAnswer;
  if (error.code === 'Wire.PeerFault') return exitCodes.failed;
  return called.has(error.code) ? exitCodes.usage : exitCodes.noAnswer;
}
