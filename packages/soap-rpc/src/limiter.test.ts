import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { enter, idleLimiter, leave, withdraw, type LimiterState } from './limiter.js';

test('calls beyond the bound wait in their order, and calls beyond the queue are turned away', () => {
  const settings = { concurrency: 1, maxQueue: 2 };
  let state = idleLimiter;
  const verdicts = [1, 2, 3, 4].map((id) => {
    const entered = enter(state, { id, deadline: 100 }, settings);
    state = entered.state;
    return entered.verdict;
  });
  expect(verdicts).toEqual(['start', 'wait', 'wait', 'full']);
  const first = leave(state, 10);
  expect(first).toMatchObject({ next: 2, late: [], state: { active: 1 } });
  expect(leave(first.state, 100)).toEqual({ next: undefined, late: [3], state: idleLimiter });
});

test('whatever happens: never more than the bound, nobody is lost, nobody overtakes, nobody starts too late', () => {
  const step = fc.record({
    act: fc.constantFrom('enter', 'leave', 'withdraw'),
    wait: fc.integer({ min: 0, max: 20 }),
    time: fc.integer({ min: 1, max: 100 }),
    pick: fc.nat(),
  });
  const limits = fc.record({ concurrency: fc.integer({ min: 1, max: 4 }), maxQueue: fc.integer({ min: 0, max: 6 }) });
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 120 }), (settings, steps) => {
      let state: LimiterState = idleLimiter;
      let now = 0;
      let waiting: { id: number; deadline: number }[] = [];
      let active = 0;
      for (const [id, { act, wait, time, pick }] of steps.entries()) {
        now += wait;
        if (act === 'enter') {
          const call = { id, deadline: now + time };
          const { state: next, verdict } = enter(state, call, settings);
          const expected =
            active < settings.concurrency ? 'start' : waiting.length < settings.maxQueue ? 'wait' : 'full';
          expect(verdict).toBe(expected);
          if (verdict === 'start') active += 1;
          if (verdict === 'wait') waiting.push(call);
          state = next;
        } else if (act === 'leave' && active > 0) {
          const { state: next, next: started, late } = leave(state, now);
          const firstGood = waiting.findIndex(({ deadline }) => deadline > now);
          const passed = firstGood === -1 ? waiting : waiting.slice(0, firstGood);
          expect(late).toEqual(passed.map((one) => one.id));
          expect(started).toBe(waiting[firstGood]?.id);
          waiting = firstGood === -1 ? [] : waiting.slice(firstGood + 1);
          if (started === undefined) active -= 1;
          state = next;
        } else if (act === 'withdraw' && waiting.length > 0) {
          const [gone] = waiting.splice(pick % waiting.length, 1);
          state = withdraw(state, gone!.id);
        }
        expect(state).toEqual({ active, queue: waiting });
        expect(active).toBeLessThanOrEqual(settings.concurrency);
        if (waiting.length > 0) expect(active).toBe(settings.concurrency);
      }
    }),
    { numRuns: 500 },
  );
});
