import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MalleeError } from '@mallee/errors';

/** The path of a daemon's configuration file that a command was given, or takes unless it is told otherwise. @throws Command.Invalid */
export function configFile(given: string): string {
  const file = resolve(given);
  if (existsSync(file)) return file;
  const where = 'a cloud of mallee up has it in STATE/DAEMON/config.json';
  throw new MalleeError(
    'Command.Invalid',
    `there is no ${file}; --config names the configuration of the daemon (${where})`,
  );
}
