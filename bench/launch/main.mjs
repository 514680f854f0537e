// How long RunInstances takes to answer, and how long a guest takes from RunInstances to its userland beside the same
// guest under bare qemu-system, interleaved (--quick: two pairs of boots, not five). Build first: npx tsc -b. Needs the Debian packages that ./mallee names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chmodSync } from 'node:fs';
import {
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { bootGuest, buildGuestImage } from '@mallee/guest-image';
import { bringUp, cloudClients, publishGuest, takeDown } from '@mallee/local-cloud';
import { startMetadata } from './metadata.mjs';

const PAIRS = process.argv.includes('--quick') ? 2 : 5;
const state = mkdtempSync(join(tmpdir(), 'mb-'));
chmodSync(state, 0o755);
const guest = await buildGuestImage({ directory: join(state, 'guest') });
const layout = await bringUp(state, { portBase: 9200 });
const { ec2, s3 } = cloudClients(layout);
const metadata = await startMetadata();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));
try {
  const images = await publishGuest(layout, { ec2, s3 }, guest, 'bench');
  await viaCloud(images.machine); // fills the image caches
  const pairs = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const bare = await viaQemu();
    const cloud = await viaCloud(images.machine);
    pairs.push({ bare, ...cloud });
  }
  const answers = [...pairs.map(({ answered }) => answered)];
  for (let extra = 0; extra < 6; extra += 1) answers.push(await answerOnly(images.machine));
  print('RunInstances answered, p50', median(answers), 'ms', 100, 50);
  const bare = median(pairs.map((pair) => pair.bare));
  const cloud = median(pairs.map((pair) => pair.ready));
  print('RunInstances to userland / bare qemu-system to userland', cloud / bare, 'ratio', 1.5, 1.1);
  console.log(
    JSON.stringify({ figure: 'the two medians behind it', bareMs: Math.round(bare), cloudMs: Math.round(cloud) }),
  );
} finally {
  metadata.stop();
  for (const client of [ec2, s3]) client.destroy();
  await clean();
}

async function clean() {
  await takeDown(layout, { guests: true });
  rmSync(state, { recursive: true, force: true });
}

async function viaQemu() {
  // The kernel arguments of the node controller: the same guest must print the same console.
  const commandLine = 'root=/dev/vda rw console=ttyS0';
  const running = await bootGuest({ image: guest, commandLine, metadataCommand: metadata.command, timeoutMs: 240_000 });
  await running.stop();
  return running.bootMs;
}

async function viaCloud(ImageId) {
  const started = performance.now();
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, InstanceType: 'm1.small' }),
  );
  const answered = performance.now() - started;
  const InstanceId = Instances[0].InstanceId;
  for (;;) {
    const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId })).catch(() => ({ Output: '' }));
    if (Buffer.from(Output ?? '', 'base64').includes('MALLEE-GUEST ready')) break;
    if (performance.now() - started > 240_000) throw new Error(`${InstanceId} did not become ready`);
    await sleep(100);
  }
  const ready = performance.now() - started;
  await end(InstanceId);
  return { answered, ready };
}

async function answerOnly(ImageId) {
  const started = performance.now();
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, InstanceType: 'm1.small' }),
  );
  const answered = performance.now() - started;
  await end(Instances[0].InstanceId);
  return answered;
}

async function end(id) {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  for (;;) {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    if (Reservations[0].Instances[0].State.Name === 'terminated') return;
    await sleep(100);
  }
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function print(figure, value, unit, bar, aim) {
  console.log(JSON.stringify({ figure, value: Number(value.toFixed(3)), unit, bar, aim, lowerIsBetter: true }));
}
