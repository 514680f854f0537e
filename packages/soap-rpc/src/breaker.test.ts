import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { admit, closedBreaker, settle, type BreakerOutcome, type BreakerState, type BreakerTicket } from './breaker.js';

const settings = { failures: 3, waitMs: 100, maxWaitMs: 350 };
const reached: BreakerOutcome = { kind: 'reached' };
const refused: BreakerOutcome = { kind: 'unreachable', reason: 'ECONNREFUSED' };
const neither: BreakerOutcome = { kind: 'neither' };

/** The state after one call at `now`; throws when it may not go out. */
function call(state: BreakerState, now: number, outcome: BreakerOutcome): BreakerState {
  const admitted = admit(state, now);
  if (admitted.ticket === undefined) throw new Error(`refused at ${now}`);
  return settle(admitted.state, admitted.ticket, outcome, now, settings);
}

const opened = (): BreakerState => [0, 10, 20].reduce((state, now) => call(state, now, refused), closedBreaker);

describe('the breaker', () => {
  it('opens after failures in a row, and tells since when and why', () => {
    expect(call(call(closedBreaker, 0, refused), 1, refused).kind).toBe('closed');
    expect(opened()).toMatchObject({
      kind: 'open',
      trouble: { failures: 3, since: 0, reason: 'ECONNREFUSED' },
      retryAt: 120,
    });
  });

  it('does not add up failures with an answer between them', () => {
    let state: BreakerState = closedBreaker;
    for (let now = 0; now < 50; now += 1) state = call(state, now, now % 3 === 2 ? reached : refused);
    expect(state.kind).toBe('closed');
  });

  it('lets one call out when the wait is over, and waits longer each time that fails, up to a bound', () => {
    let state = opened();
    const waits: number[] = [];
    for (let now = 120; waits.length < 4;) {
      expect(admit(state, now - 1).ticket).toBeUndefined();
      const probing = admit(state, now);
      expect(admit(probing.state, now).ticket).toBeUndefined();
      state = call(state, now, refused);
      if (state.kind !== 'open') throw new Error('closed');
      waits.push(state.retryAt - now);
      now = state.retryAt;
    }
    expect(waits).toEqual([200, 350, 350, 350]);
    expect(state).toMatchObject({ trouble: { since: 0, failures: 7 } });
  });

  it('closes with the first answer, also with one to a call from before', () => {
    expect(call(opened(), 120, reached)).toMatchObject({ kind: 'closed', trouble: undefined });
    const early = admit(closedBreaker, 0).ticket as BreakerTicket;
    expect(settle(opened(), early, reached, 30, settings).kind).toBe('closed');
  });

  it('tries again at once when the probe was given up, and after the wait when it never ends', () => {
    const probing = admit(opened(), 120);
    if (probing.ticket === undefined) throw new Error('refused');
    expect(settle(probing.state, probing.ticket, neither, 130, settings)).toMatchObject({ kind: 'open', retryAt: 130 });
    expect(admit(probing.state, 219).ticket).toBeUndefined();
    expect(admit(probing.state, 220).ticket).toBeDefined();
  });
});

test('whatever happens: at most one call per wait while open, and only failures of the present count', () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 60 }),
    act: fc.constantFrom('call', 'reached', 'unreachable', 'neither'),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let state: BreakerState = closedBreaker;
      let now = 0;
      const under: BreakerTicket[] = [];
      let lastProbe = { era: -1, at: 0, waitMs: 0, gaveUp: false };
      for (const { wait, act, pick } of steps) {
        now += wait;
        const before: BreakerState = state;
        if (act === 'call') {
          const admitted = admit(state, now);
          if (before.kind === 'closed') expect(admitted.ticket).toEqual({ era: before.era, probe: false });
          if (admitted.ticket === undefined) expect(now).toBeLessThan((before as { retryAt: number }).retryAt);
          else under.push(admitted.ticket);
          state = admitted.state;
          if (admitted.ticket?.probe === true && before.kind === 'open') {
            const sameEra = lastProbe.era === before.era && !lastProbe.gaveUp;
            if (sameEra) expect(now - lastProbe.at).toBeGreaterThanOrEqual(lastProbe.waitMs);
            lastProbe = { era: before.era, at: now, waitMs: before.waitMs, gaveUp: false };
          }
          continue;
        }
        const [ticket] = under.splice(pick % Math.max(1, under.length), 1);
        if (ticket === undefined) continue;
        const outcome = (act === 'unreachable' ? { kind: act, reason: 'x' } : { kind: act }) as BreakerOutcome;
        state = settle(state, ticket, outcome, now, settings);
        if (act === 'neither') lastProbe = { ...lastProbe, gaveUp: true };
        if (act === 'reached') expect(state).toMatchObject({ kind: 'closed', trouble: undefined });
        else if (ticket.era !== before.era) expect(state).toBe(before);
        expect(state.era - before.era).toBe(state.kind === before.kind ? 0 : 1);
        if (state.kind === 'open') expect(state.trouble.failures).toBeGreaterThanOrEqual(settings.failures);
        else expect(state.trouble?.failures ?? 0).toBeLessThan(settings.failures);
        if (state.kind === 'open') expect(state.waitMs).toBeLessThanOrEqual(settings.maxWaitMs);
      }
    }),
    { numRuns: 500 },
  );
});
