import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import pretty from 'pino-pretty';
import { MalleeError } from '@mallee/errors';
import { requireLayout } from '@mallee/local-cloud';
import { stateOf, withState } from './options.js';

interface LogsOptions {
  state: string;
  correlation?: string;
  json?: boolean;
}

interface Line {
  readonly time: string;
  readonly text: string;
}

export function defineLogs(program: Command): void {
  withState(program.command('logs').description('log lines of all daemons in the order of time'))
    .argument('[daemon]', 'clc, cc, nc, walrus or sc')
    .option('--correlation <id>', 'only the lines of one request (the RequestId of any answer)')
    .option('--json', 'as written, one JSON object a line')
    .action(async (daemon: string | undefined, options: LogsOptions) => {
      const lines = await collect(stateOf(options), daemon, options.correlation);
      const prettify = pretty.prettyFactory({
        colorize: process.stdout.isTTY,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid',
      });
      for (const { text } of lines) process.stdout.write(options.json === true ? `${text}\n` : prettify(text));
    });
}

async function collect(state: string, daemon: string | undefined, correlation: string | undefined): Promise<Line[]> {
  const directory = join(requireLayout(state).stateDirectory, 'log');
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.log')) : [];
  const wanted = daemon === undefined ? files : files.filter((name) => name === `${daemon}.log`);
  if (daemon !== undefined && wanted.length === 0) {
    const known = files.map((name) => name.replace(/\.log$/, '')).sort();
    throw new MalleeError(
      'Command.Invalid',
      `no daemon ${daemon} has written there, only: ${known.join(', ') || 'nobody'}`,
    );
  }
  const lines: Line[] = [];
  for (const file of wanted) {
    for await (const text of createInterface({ input: createReadStream(join(directory, file)) })) {
      if (correlation !== undefined && !text.includes(correlation)) continue;
      lines.push({ time: /"time":"([^"]+)"/.exec(text)?.[1] ?? '', text });
    }
  }
  return lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}
