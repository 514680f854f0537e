import {
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildGuestImage, type GuestImage } from '@mallee/guest-image';
import {
  bringUp,
  cloudClients,
  type CloudClients,
  type CloudLayout,
  type DaemonName,
  pidFile,
  publishGuest,
  type PublishedGuest,
  runningGuests,
  takeDown,
} from '@mallee/local-cloud';
import { runningPid } from '@mallee/private-services';
import { scratchDirectory } from '@mallee/testing';

/** A cloud of five real processes in a scratch directory, with the tiny guest registered. */
export interface TestCloud extends CloudClients {
  readonly layout: CloudLayout;
  readonly guest: GuestImage;
  readonly images: PublishedGuest;
  stop(): Promise<void>;
}

/** Guest images are built once per test run and shared. */
export const guestCache = join(process.env['XDG_CACHE_HOME'] ?? '/var/tmp', `mallee-test-guest-${process.getuid?.()}`);

export async function startTestCloud(): Promise<TestCloud> {
  const scratch = scratchDirectory();
  const guest = await buildGuestImage({ directory: guestCache });
  const layout = await bringUp(scratch.path, { zone: 'one', portBase: portBase() });
  const clients = cloudClients(layout);
  const stop = async (): Promise<void> => {
    clients.ec2.destroy();
    clients.s3.destroy();
    await takeDown(layout, { guests: true });
    scratch.remove();
  };
  try {
    return { layout, ...clients, guest, images: await publishGuest(layout, clients, guest, 'guest'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Jest's workers start clouds at the same time, so each has ports of its own; random ones, as an earlier run may linger. */
function portBase(): number {
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 1) % 8;
  return 12_000 + worker * 2000 + Math.floor(Math.random() * 190) * 10;
}

/** SIGKILL, as the kernel's out-of-memory killer would, or another signal. */
export function killDaemon(cloud: TestCloud, name: DaemonName, signal: NodeJS.Signals = 'SIGKILL'): void {
  const pid = runningPid(pidFile(cloud.layout, name));
  if (pid !== undefined) process.kill(pid, signal);
}

/** Starts whatever does not run. */
export async function restart(cloud: TestCloud): Promise<void> {
  await bringUp(cloud.layout.stateDirectory);
}

export async function launch(cloud: TestCloud, count = 1): Promise<string[]> {
  const { Instances } = await cloud.ec2.send(
    new RunInstancesCommand({
      ImageId: cloud.images.machine,
      MinCount: count,
      MaxCount: count,
      InstanceType: 'm1.small',
    }),
  );
  return Instances!.map((instance) => instance.InstanceId!);
}

export async function describe(cloud: TestCloud, id: string): Promise<Instance> {
  const { Reservations } = await cloud.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations![0]!.Instances![0]!;
}

/** Polls until the instance is in one of the states. */
export async function untilState(
  cloud: TestCloud,
  id: string,
  states: string[],
  timeoutMs = 180_000,
): Promise<Instance> {
  const until = Date.now() + timeoutMs;
  let last: Instance | undefined;
  while (Date.now() < until) {
    try {
      last = await describe(cloud, id);
      if (states.includes(last.State!.Name!)) return last;
    } catch (error) {
      // The CLC may be the daemon that was killed.
      if (error instanceof Error && error.name === 'InvalidInstanceID.NotFound') throw error;
    }
    await sleep(300);
  }
  throw new Error(`${id} is ${last?.State?.Name} (${last?.StateReason?.Message}), not ${states.join(' or ')}`);
}

export async function untilConsole(cloud: TestCloud, id: string, wanted: RegExp, timeoutMs = 240_000): Promise<string> {
  const until = Date.now() + timeoutMs;
  let text = '';
  while (Date.now() < until) {
    const { Output } = await cloud.ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
    text = Buffer.from(Output ?? '', 'base64').toString();
    if (wanted.test(text)) return text;
    await sleep(1000);
  }
  throw new Error(`no ${String(wanted)} on the console of ${id}:\n${text.slice(-2000)}`);
}

export async function terminate(cloud: TestCloud, ids: string[]): Promise<void> {
  await cloud.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  for (const id of ids) await untilState(cloud, id, ['terminated']);
}

/** Ids of the domains that really run, as the hypervisor tells. */
export async function domains(cloud: TestCloud): Promise<string[]> {
  return (await runningGuests(cloud.layout)).sort();
}
