import { readFileSync, writeFileSync } from 'node:fs';

/** Peak of the resident memory of Walrus while 8 clients upload 1 GiB each. */
export async function measureMemory({ walrus, load, quick }) {
  const bytes = (quick ? 64 : 1024) * 1024 * 1024;
  // The kernel forgets the peak so far (proc(5), clear_refs).
  writeFileSync(`/proc/${walrus.pid}/clear_refs`, '5');
  const job = { method: 'PUT', prefix: 'memory-', first: 0, count: 8, bytes, connections: 8 };
  const { seconds } = await load.run(walrus, job);
  const status = readFileSync(`/proc/${walrus.pid}/status`, 'latin1');
  return {
    figure: 'memory during 8 x 1 GiB uploads',
    unit: 'MB',
    bar: 300,
    aim: 150,
    lowerIsBetter: true,
    value: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) / 1024,
    mibPerSecond: Math.round((8 * bytes) / 1024 / 1024 / seconds),
  };
}
