import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exampleLaunch } from '../test-support/examples.js';
import { afterEvent, newInstance, occupies, stateNumber, wireState, type InstanceEvent } from './lifecycle.js';
import { instanceRecordSchema, type InstanceRecord } from './record.js';

const at = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
const reason = fc.record({ code: fc.string(), message: fc.string() });
const event: fc.Arbitrary<InstanceEvent> = fc.oneof(
  at.map((time): InstanceEvent => ({ type: 'booting', at: time })),
  at.map((time): InstanceEvent => ({ type: 'running', at: time })),
  at.map((time): InstanceEvent => ({ type: 'rebooting', at: time })),
  at.map((time): InstanceEvent => ({ type: 'torn-down', at: time })),
  at.map((time): InstanceEvent => ({ type: 'resumed', at: time })),
  fc.record({ type: fc.constant('stopping' as const), at, reason }),
  fc.constant<InstanceEvent>({ type: 'progress', facts: { diskFormat: 'qcow2' } }),
);

function history(events: readonly InstanceEvent[]): InstanceRecord[] {
  const records = [newInstance(exampleLaunch(), new Date('2026-01-01T00:00:00Z'))];
  for (const one of events) {
    const next = afterEvent(records.at(-1)!, one);
    if (next !== undefined) records.push(next);
  }
  return records;
}

describe('life cycle of an instance', () => {
  it('goes its ordinary way', () => {
    const time = new Date('2026-01-01T00:00:05Z');
    const why = { code: 'Client.UserInitiatedShutdown', message: 'x' };
    const records = history([
      { type: 'booting', at: time },
      { type: 'running', at: time },
      { type: 'rebooting', at: time },
      { type: 'running', at: time },
      { type: 'stopping', at: time, reason: why },
      { type: 'torn-down', at: time },
    ]);
    expect(records.map(({ state }) => state)).toEqual([
      'Staging',
      'Booting',
      'Running',
      'Rebooting',
      'Running',
      'Stopping',
      'Teardown',
    ]);
    expect(records.map(wireState)).toEqual(['Pending', 'Pending', 'Extant', 'Extant', 'Extant', 'Extant', 'Teardown']);
    expect(records.map((one) => stateNumber(one, '2.0'))).toEqual([7, 8, 1, 1, 1, 5, 14]);
    expect(records.map((one) => stateNumber(one, '4.4'))).toEqual([7, 8, 1, 1, 1, 5, 16]);
  });

  it('never looks as if it had run when it was cancelled before', () => {
    const why = { code: 'x', message: 'x' };
    const cancelled = history([{ type: 'stopping', at: new Date(), reason: why }]).at(-1)!;
    expect([wireState(cancelled), stateNumber(cancelled, '2.0')]).toEqual(['Pending', 9]);
  });

  it('whatever happens: the wire state only goes forward, the end is final, the first reason stays', () => {
    const order = { Pending: 0, Extant: 1, Teardown: 2 };
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const records = history(events);
        for (const [index, record] of records.entries()) {
          expect(instanceRecordSchema.safeParse(record).success).toBe(true);
          const before = records[index - 1];
          if (before === undefined) continue;
          expect(order[wireState(record)]).toBeGreaterThanOrEqual(order[wireState(before)]);
          expect(record.launch).toBe(before.launch);
          if (before.reason !== undefined) expect(record.reason).toEqual(before.reason);
          if (before.state === 'Teardown') expect(record.state).toBe('Teardown');
          if (before.state === 'Stopping') expect(['Stopping', 'Teardown']).toContain(record.state);
          if (record.state === 'Teardown') expect(record.reason).toBeDefined();
        }
        expect(records.every((record) => occupies(record) === (record.state !== 'Teardown'))).toBe(true);
      }),
    );
  });
});
