import { expect, test } from '@jest/globals';
import { SharedRun } from './shared-run.js';

interface Run {
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** An act whose runs end when the test says so. */
function controlled(): { shared: SharedRun; runs: Run[] } {
  const runs: Run[] = [];
  const shared = new SharedRun(() => new Promise<void>((end, fail) => void runs.push({ end, fail })));
  return { shared, runs };
}

const settled = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

/** What has become of a promise so far. */
function watch(promise: Promise<void>): { state: string } {
  const seen = { state: 'waits' };
  promise.then(
    () => (seen.state = 'done'),
    (error: Error) => (seen.state = error.message),
  );
  return seen;
}

test('who asks while a run goes on waits for the next one, together with all others', async () => {
  const { shared, runs } = controlled();
  expect(shared.idle).toBe(true);
  const first = watch(shared.run());
  expect(shared.idle).toBe(false);
  const late = [shared.run(), shared.run(), shared.run()].map(watch);
  expect(runs).toHaveLength(1);
  runs[0]!.end();
  await settled();
  expect([first, ...late].map(({ state }) => state)).toEqual(['done', 'waits', 'waits', 'waits']);
  expect(runs).toHaveLength(2);
  const later = watch(shared.run());
  runs[1]!.end();
  await settled();
  expect([...late, later].map(({ state }) => state)).toEqual(['done', 'done', 'done', 'waits']);
  runs[2]!.end();
  await settled();
  expect(later.state).toBe('done');
  expect(runs).toHaveLength(3);
  expect(shared.idle).toBe(true);
});

test('begins a new run for who comes after the last one has ended', async () => {
  const { shared, runs } = controlled();
  for (const turn of [0, 1]) {
    const waiting = shared.run();
    expect(runs).toHaveLength(turn + 1);
    runs[turn]!.end();
    await waiting;
  }
});

test('a failure reaches those who waited for that run, and the next run goes on', async () => {
  const { shared, runs } = controlled();
  const first = watch(shared.run());
  const second = [shared.run(), shared.run()].map(watch);
  runs[0]!.fail(new Error('disk'));
  await settled();
  expect([first, ...second].map(({ state }) => state)).toEqual(['disk', 'waits', 'waits']);
  const third = watch(shared.run());
  runs[1]!.fail(new Error('again'));
  await settled();
  expect([...second, third].map(({ state }) => state)).toEqual(['again', 'again', 'waits']);
  runs[2]!.end();
  await settled();
  expect(third.state).toBe('done');
});

test('never runs twice at a time, and each caller is served by a run that began after he asked', async () => {
  let [begun, active] = [0, 0];
  const shared = new SharedRun(async () => {
    begun++;
    expect(++active).toBe(1);
    await settled();
    active--;
  });
  const caller = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) {
      const before = begun;
      const waiting = shared.run();
      await waiting;
      expect(begun).toBeGreaterThan(before);
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  expect(begun).toBeLessThan((8 * 50) / 2);
});
