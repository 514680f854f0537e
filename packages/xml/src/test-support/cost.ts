import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** For tests: CPU time of a call in microseconds, the least of several runs: other processes make it longer, never shorter. */
export function cpuOf(run: () => unknown, runs = 5): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < runs; count += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return Math.max(least, 1);
}

/** For tests: how many times as much CPU time the ten-fold input costs; about 10 where cost is linear, 100 where it is quadratic. */
export function growth(
  make: (size: number) => string | Uint8Array,
  size: number,
  run: (input: string | Uint8Array) => unknown,
): number {
  const [small, large] = [make(size), make(size * 10)];
  // Compiled code is compared with compiled code.
  for (let warm = 0; warm < 10; warm += 1) run(small);
  return (
    cpuOf(() => run(large)) /
    Math.max(
      cpuOf(() => run(small), 20),
      50,
    )
  );
}

/** For tests: bytes of heap that the result of a call keeps alive. */
export function heapKeptBy(run: () => unknown): number {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = run();
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  return kept === undefined ? 0 : bytes;
}
