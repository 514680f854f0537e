import { describe, expect, it } from '@jest/globals';
import type { DomainStatus } from '@mallee/hypervisor';
import type { InstanceRecord, InstanceState } from '../instances/record.js';
import { newInstance } from '../instances/lifecycle.js';
import { exampleLaunch } from '../test-support/examples.js';
import { planSweep, type SweepAction } from './plan-sweep.js';

const now = new Date('2026-01-01T01:00:00Z');
const id = 'i-0A1B2C3D';
const limits = { stagingSeconds: 7200, bootSeconds: 60, teardownSeconds: 180 };

function record(state: InstanceState, ageSeconds: number): InstanceRecord {
  const since = new Date(now.getTime() - ageSeconds * 1000).toISOString();
  return { ...newInstance(exampleLaunch(), now), state, stateSince: since };
}

function plan(
  one: InstanceRecord,
  domain: Partial<DomainStatus> | undefined,
  { busy = false, missed = 0, seenAt = now } = {},
): SweepAction | undefined {
  return planSweep({
    records: [one],
    domains: domain === undefined ? [] : [{ instanceId: id, state: 'running', ...domain }],
    seenAt,
    isBusy: () => busy,
    missedSweeps: () => missed,
    limits,
    now,
  })[0];
}

const stopped = (code: string) => ({ do: 'stop', instanceId: id, reason: expect.objectContaining({ code }) });

describe('sweep', () => {
  it('ends an instance whose time is over, once', () => {
    const until = (expiryTime: string, state: InstanceState): InstanceRecord => {
      const one = record(state, 5);
      return { ...one, launch: { ...one.launch, expiryTime } };
    };
    expect(plan(until('2026-01-01T00:59:59Z', 'Running'), { state: 'running' })).toEqual(
      stopped('Server.ScheduledStop'),
    );
    expect(plan(until('2026-01-01T00:59:59Z', 'Staging'), undefined, { busy: true })).toMatchObject({ do: 'stop' });
    expect(plan(until('2026-01-01T02:00:01+01:00', 'Running'), { state: 'running' })).toBeUndefined();
    expect(plan(until('2026-01-01T00:59:59Z', 'Stopping'), undefined, { busy: true })).toBeUndefined();
  });

  it('leaves a healthy guest alone', () => {
    expect(plan(record('Running', 5), { state: 'running' })).toBeUndefined();
    expect(plan(record('Running', 5), { state: 'paused' })).toBeUndefined();
    expect(plan(record('Running', 5), { state: 'stopping' })).toBeUndefined();
  });

  it('tells how a guest ended', () => {
    const ended = (ending: DomainStatus['ending']) =>
      plan(record('Running', 5), { state: 'stopped', ...(ending === undefined ? {} : { ending }) });
    expect(ended('guest-shutdown')).toEqual(stopped('Client.InstanceInitiatedShutdown'));
    expect(ended('crashed')).toEqual(stopped('Node.GuestCrashed'));
    expect(ended('destroyed')).toEqual(stopped('Node.DomainFailed'));
    expect(ended('unknown')).toEqual(stopped('Node.DomainFailed'));
  });

  it('believes in a missing domain only the second time', () => {
    expect(plan(record('Running', 5), undefined)).toBeUndefined();
    expect(plan(record('Running', 5), undefined, { missed: 1 })).toEqual(stopped('Node.DomainFailed'));
  });

  it('concludes nothing from a list that is older than the record, or while somebody works on it', () => {
    const fresh = record('Running', 0);
    expect(plan(fresh, { state: 'stopped', ending: 'crashed' })).toBeUndefined();
    expect(plan(record('Running', 5), { state: 'stopped', ending: 'crashed' }, { busy: true })).toBeUndefined();
  });

  it('ends every transitional state some time', () => {
    expect(plan(record('Staging', 7201), undefined, { busy: true })).toEqual(stopped('Node.ImageFetchFailed'));
    expect(plan(record('Staging', 100), undefined, { busy: true })).toBeUndefined();
    expect(plan(record('Staging', 100), undefined)).toEqual(stopped('InternalError'));
    expect(plan(record('Booting', 61), undefined, { busy: true })).toEqual(stopped('Node.BootTimeout'));
    expect(plan(record('Rebooting', 61), undefined)).toEqual(stopped('Node.BootTimeout'));
    expect(plan(record('Booting', 5), { state: 'running' })).toEqual({ do: 'running', instanceId: id });
    expect(plan(record('Stopping', 5), undefined)).toEqual({ do: 'tear-down', instanceId: id });
    expect(plan(record('Stopping', 5), undefined, { busy: true })).toBeUndefined();
    expect(plan(record('Teardown', 100), undefined)).toBeUndefined();
    expect(plan(record('Teardown', 181), undefined)).toEqual({ do: 'forget', instanceId: id });
  });
});
