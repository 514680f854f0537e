import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import { MalleeError } from '@mallee/errors';
import { runDirectory } from '@mallee/private-services';
import { readLayout, takeDown } from '@mallee/local-cloud';
import { say, step } from '../progress.js';

import { stateOf, withState } from './options.js';

export function defineReset(program: Command): void {
  withState(program.command('reset').description('end every guest, stop the cloud and DELETE all its data'))
    .option('--force', 'really do it')
    .action(async (options: { state: string; force?: boolean }) => {
      const state = stateOf(options);
      const layout = readLayout(state);
      if (layout === undefined) return say(`there is no cloud in ${state}`);
      if (options.force !== true) {
        throw new MalleeError(
          'InvalidParameterValue',
          `this deletes every instance, image, object and volume in ${state}; add --force`,
        );
      }
      await takeDown(layout, { guests: true }, step);
      await step(`deleted ${state}`, () => {
        for (const name of ['postgres', 'libvirt'])
          rmSync(runDirectory(`${state}/${name}`), { recursive: true, force: true });
        rmSync(state, { recursive: true, force: true });
        return Promise.resolve();
      });
    });
}
