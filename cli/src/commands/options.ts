import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { defaultStateDirectory } from '@mallee/local-cloud';

/** The option that every command has. */
export function withState(command: Command): Command {
  return command.option('--state <directory>', 'directory that holds the whole cloud', defaultStateDirectory());
}

export function stateOf(options: { state: string }): string {
  return resolve(options.state);
}

/** The value of an option that is a port. */
export function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('a port is 0 to 65535');
}
