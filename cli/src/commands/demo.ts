import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Command } from 'commander';
import { buildGuestImage } from '@mallee/guest-image';
import { guestDirectory, makeLayout } from '@mallee/local-cloud';
import { demoStep, type DemoRun, endDemoRun, startDemoRun } from '../demo/demo-run.js';
import { registerImages } from '../demo/images.js';
import { launchGuests, showConsole, terminateGuests } from '../demo/instances.js';
import { indent, sshIntoGuest } from '../demo/ssh.js';
import { tryVolume } from '../demo/volume.js';
import { say, step } from '../progress.js';
import { stateOf, withState } from './options.js';
import { showEndpoints, showUp } from './up.js';

const CONSOLE_LINES = 15;

export function defineDemo(program: Command): void {
  withState(
    program
      .command('demo')
      .description('start a cloud and show the main job: images, two real guests, console, ssh, a volume'),
  )
    .option('--port-base <port>', 'first of six ports; kept once chosen')
    .action(async (options: { state: string; portBase?: string }) => {
      await runDemo(stateOf(options), options.portBase);
    });
}

async function runDemo(state: string, portBase: string | undefined): Promise<void> {
  const started = Date.now();
  const wishes = portBase === undefined ? {} : { portBase: Number(portBase) };
  const directory = guestDirectory(await makeLayout(state, wishes));
  // Before `up`: the node controller proves KVM with the guest's kernel when it starts for the first time.
  const guest = await step('tiny guest image from Debian packages', (update) =>
    buildGuestImage({ directory, onProgress: update }),
  );
  const layout = await showUp(state, wishes);
  const run = startDemoRun(layout, guest);
  try {
    await showMainJob(run);
  } finally {
    endDemoRun(run);
  }
  showTimings(run, Date.now() - started);
  showEndpoints(layout);
}

async function showMainJob(run: DemoRun): Promise<void> {
  const identity = await demoStep(run, 'who am I', 'sts get-caller-identity', () =>
    run.sts.send(new GetCallerIdentityCommand({})),
  );
  say(`    | ${identity.Arn}`);
  const images = await registerImages(run);
  const guests = await launchGuests(run, images);
  const text = await showConsole(run, guests.instances[0]!);
  say(indent(text.trimEnd().split(/\r?\n/).slice(-CONSOLE_LINES).join('\n')));
  await sshIntoGuest(run, guests);
  await tryVolume(run);
  await terminateGuests(run, guests);
}

function showTimings(run: DemoRun, totalMs: number): void {
  say('\nTimings');
  for (const { what, milliseconds } of run.timings) say(`  ${(milliseconds / 1000).toFixed(2).padStart(7)} s  ${what}`);
  say(`  ${(totalMs / 1000).toFixed(2).padStart(7)} s  everything, with set-up`);
}
