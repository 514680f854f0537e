import type { InstanceRecord, InstanceState, LaunchRequest, StopReason } from './record.js';

/** Something that happened to an instance. `at` is the time, so that transitions stay pure. */
export type InstanceEvent =
  | { readonly type: 'booting'; readonly at: Date }
  | { readonly type: 'running'; readonly at: Date }
  | { readonly type: 'rebooting'; readonly at: Date }
  | { readonly type: 'stopping'; readonly at: Date; readonly reason: StopReason }
  | { readonly type: 'torn-down'; readonly at: Date }
  /** A restarted node controller takes the launch up again from its first step. */
  | { readonly type: 'resumed'; readonly at: Date }
  /** A public address was assigned; 0.0.0.0 takes it away. */
  | { readonly type: 'address'; readonly publicIp: string }
  /** Facts found out during the launch. */
  | { readonly type: 'progress'; readonly facts: Pick<InstanceRecord, 'images' | 'diskFormat'> };

const FROM: Readonly<Record<Exclude<InstanceEvent['type'], 'progress' | 'address'>, readonly InstanceState[]>> = {
  booting: ['Staging'],
  running: ['Booting', 'Rebooting'],
  rebooting: ['Running'],
  stopping: ['Staging', 'Booting', 'Running', 'Rebooting'],
  'torn-down': ['Stopping'],
  resumed: ['Staging', 'Booting'],
};

/** The record of an instance that was just accepted. */
export function newInstance(launch: LaunchRequest, at: Date, correlationId?: string): InstanceRecord {
  const time = at.toISOString();
  return {
    version: 1,
    launch,
    state: 'Staging',
    launchTime: time,
    stateSince: time,
    resumes: 0,
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

/**
 * The record after the event; undefined when the event does not apply in this state (for instance the end of a launch
 * that was cancelled meanwhile). The first reason for stopping is kept.
 */
export function afterEvent(record: InstanceRecord, event: InstanceEvent): InstanceRecord | undefined {
  if (event.type === 'progress') return { ...record, ...event.facts };
  if (event.type === 'address') {
    return record.state === 'Teardown' ? undefined : { ...record, publicIp: event.publicIp };
  }
  if (!FROM[event.type].includes(record.state)) return undefined;
  const stateSince = event.at.toISOString();
  switch (event.type) {
    case 'booting':
      return { ...record, state: 'Booting', stateSince };
    case 'running':
      return { ...record, state: 'Running', stateSince, runningSince: record.runningSince ?? stateSince };
    case 'rebooting':
      return { ...record, state: 'Rebooting', stateSince };
    case 'stopping':
      return { ...record, state: 'Stopping', stateSince, reason: event.reason };
    case 'torn-down':
      return { ...record, state: 'Teardown', stateSince };
    case 'resumed':
      return { ...record, state: 'Staging', stateSince, resumes: record.resumes + 1 };
  }
}

export type WireState = 'Pending' | 'Extant' | 'Teardown';

/** The state as the original protocol names it: a launch that is being cancelled never looks as if it had run. */
export function wireState(record: InstanceRecord): WireState {
  if (record.state === 'Teardown') return 'Teardown';
  return record.runningSince === undefined ? 'Pending' : 'Extant';
}

/**
 * Number of the state in the original's list, which ncTerminateInstance answers as text. From 3.0 on the list has two states of
 * making images before Teardown.
 */
export function stateNumber(record: InstanceRecord, dialect: '2.0' | '4.4'): number {
  const numbers: Readonly<Record<InstanceState, number>> = {
    Staging: 7,
    Booting: 8,
    Running: 1,
    Rebooting: 1,
    // Canceled before it ran, Shutoff afterwards.
    Stopping: record.runningSince === undefined ? 9 : 5,
    Teardown: dialect === '2.0' ? 14 : 16,
  };
  return numbers[record.state];
}

/** True while the instance occupies memory, cores and disk of the node. */
export function occupies(record: InstanceRecord): boolean {
  return record.state !== 'Teardown';
}
