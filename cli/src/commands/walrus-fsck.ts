import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { treeTop } from '@mallee/local-cloud';

interface FsckOptions {
  config: string;
  content?: boolean;
  repair?: boolean;
  json?: boolean;
}

export function defineWalrusFsck(walrus: Command): void {
  walrus
    .command('fsck')
    .description('compare the objects that Walrus knows with the bytes it has; changes nothing without --repair')
    .requiredOption('--config <file>', 'configuration file of Walrus')
    .option('--content', 'read every byte and compare digests')
    .option('--repair', 'put right what can be: garbage and objects without bytes go')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit code: 0 nothing wrong (any more), 1 problems are left, 2 could not check.')
    .action(fsck);
}

/** The check is a program of Walrus; it runs as a process, as the daemon does. */
async function fsck({ config, content, repair, json }: FsckOptions): Promise<void> {
  const program = join(treeTop, 'services/walrus/dist/fsck/main.js');
  const flags = Object.entries({ content, repair, json }).flatMap(([name, on]) => (on === true ? [`--${name}`] : []));
  const child = spawn(process.execPath, [program, '--config', resolve(config), ...flags], { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 2));
  });
}
