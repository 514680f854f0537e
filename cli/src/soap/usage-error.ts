import { MalleeError } from '@mallee/errors';

/** The command was called wrongly: nothing was sent. */
export function usageError(message: string): MalleeError {
  return new MalleeError('Command.Invalid', message);
}
