// Memory and processor time of an idle cloud: five daemons, without PostgreSQL, Redis, libvirtd and guests. Build first: npx tsc -b
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bringUp, daemons, pidFile, takeDown } from '@mallee/local-cloud';
import { runningPid } from '@mallee/private-services';

const SETTLE_MS = 20_000;
const MEASURE_MS = 60_000;
const TICKS_PER_SECOND = 100;

const state = mkdtempSync(join(tmpdir(), 'mb-'));
chmodSync(state, 0o755);
const layout = await bringUp(state, { portBase: 9300 });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));
try {
  await sleep(SETTLE_MS);
  const pids = daemons.map((name) => runningPid(pidFile(layout, name)));
  const before = ticks(pids);
  await sleep(MEASURE_MS);
  const share = (ticks(pids) - before) / TICKS_PER_SECOND / (MEASURE_MS / 1000);
  const megabytes = pids.map(residentKiB).reduce((sum, kib) => sum + kib, 0) / 1024;
  print('idle cloud, resident memory of the five daemons', megabytes, 'MB', 700, 400);
  print('idle cloud, share of one core', share * 100, '%', 5, 2);
} finally {
  await clean();
}

async function clean() {
  await takeDown(layout, { guests: true });
  rmSync(state, { recursive: true, force: true });
}

function ticks(pids) {
  return pids
    .map((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '))
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0);
}

function residentKiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

function print(figure, value, unit, bar, aim) {
  console.log(JSON.stringify({ figure, value: Number(value.toFixed(2)), unit, bar, aim, lowerIsBetter: true }));
}
