import type { Command } from 'commander';
import { requireLayout, takeDown } from '@mallee/local-cloud';
import { say, step } from '../progress.js';
import { stateOf, withState } from './options.js';

export function defineDown(program: Command): void {
  withState(program.command('down').description('stop what up started; guests keep running unless --guests is given'))
    .option('--guests', 'end the guests too')
    .action(async (options: { state: string; guests?: boolean }) => {
      const left = await takeDown(requireLayout(stateOf(options)), { guests: options.guests ?? false }, step);
      if (left.length === 0) return;
      say(`${left.length} guest(s) keep running (${left.join(', ')}): ./mallee up takes them over again,`);
      say('./mallee down --guests ends them.');
    });
}
