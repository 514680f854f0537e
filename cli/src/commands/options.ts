import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultStateDirectory } from '@mallee/local-cloud';

/** The option that every command has. */
export function withState(command: Command): Command {
  return command.option('--state <directory>', 'directory that holds the whole cloud', defaultStateDirectory());
}

export function stateOf(options: { state: string }): string {
  return resolve(options.state);
}
