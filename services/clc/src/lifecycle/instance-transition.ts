import type { ErrorCode } from '@mallee/errors';

// What may happen to an instance, as one pure function:
//
//   pending ---Extant---> running ---Teardown/lost---> terminated
//      |                     |                              ^
//      |                     +--user--> shutting-down ------+
//      +---refused, Teardown, lost, deadline----------------+
//
// `terminated` is final. The clock is an argument; nothing here reads it.

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated';

export interface Reason {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the CLC knows of an instance before it looks at a report. */
export interface KnownInstance {
  readonly instanceId: string;
  readonly state: InstanceState;
  readonly desired: 'running' | 'terminated';
  readonly privateIp: string | undefined;
  readonly publicIp: string | undefined;
  /** URL of the node controller. */
  readonly node: string | undefined;
  /** Of the present transitional state. */
  readonly deadlineAt: Date | undefined;
}

/** What the last look at the cluster says about one instance. */
export type Observation =
  | {
      readonly kind: 'reported';
      readonly stateName: 'Pending' | 'Extant' | 'Teardown' | 'Unknown';
      readonly privateIp: string | undefined;
      readonly publicIp: string | undefined;
      readonly node: string | undefined;
      /** Why it ended, when the cluster says so. */
      readonly reason: Reason | undefined;
    }
  /** Missing in this many full reports in a row, each begun after the cluster had accepted the instance. */
  | { readonly kind: 'absent'; readonly reports: number }
  /** The cluster did not answer. */
  | { readonly kind: 'silent' };

export interface TransitionLimits {
  /** A cluster that does not answer stops the deadlines for this long at most. */
  readonly silentGraceMs: number;
}

/** The new values, and what is to be asked of the cluster. Absent fields stay as they are. */
export interface Decision {
  readonly state: InstanceState;
  readonly reason?: Reason;
  readonly privateIp?: string;
  readonly publicIp?: string;
  readonly node?: string;
  /** The cluster still has, or may still have, what should be gone: ask it to terminate. */
  readonly terminate?: true;
}

/** An instance missing in this many reports is gone: one report may have been on its way while the instance appeared. */
const LOST_AFTER_REPORTS = 2;

export function decide(instance: KnownInstance, seen: Observation, now: Date, limits: TransitionLimits): Decision {
  switch (instance.state) {
    case 'terminated':
      return isAlive(seen) ? { state: 'terminated', terminate: true } : { state: 'terminated' };
    case 'shutting-down':
      return decideShuttingDown(instance, seen, now, limits);
    case 'pending':
      return decidePending(instance, seen, now, limits);
    case 'running':
      return decideRunning(instance, seen);
  }
}

function decidePending(instance: KnownInstance, seen: Observation, now: Date, limits: TransitionLimits): Decision {
  if (seen.kind === 'reported' && seen.stateName === 'Teardown') return ended(seen.reason);
  if (seen.kind === 'reported' && seen.stateName === 'Extant') return { state: 'running', ...place(instance, seen) };
  if (isLost(seen)) return { state: 'terminated', reason: lost() };
  if (isOver(instance, seen, now, limits)) {
    return { state: 'terminated', reason: overdue('pending', seen), terminate: true };
  }
  return { state: 'pending', ...(seen.kind === 'reported' ? place(instance, seen) : {}) };
}

function decideRunning(instance: KnownInstance, seen: Observation): Decision {
  if (isLost(seen)) return { state: 'terminated', reason: lost() };
  if (seen.kind !== 'reported') return { state: 'running' };
  return seen.stateName === 'Teardown' ? ended(seen.reason) : { state: 'running', ...place(instance, seen) };
}

/** The reason stays that of the request that ended it. */
function decideShuttingDown(instance: KnownInstance, seen: Observation, now: Date, limits: TransitionLimits): Decision {
  if (seen.kind === 'reported' && seen.stateName === 'Teardown') return { state: 'terminated' };
  if (isLost(seen)) return { state: 'terminated' };
  if (isOver(instance, seen, now, limits)) {
    return { state: 'terminated', reason: overdue('shutting-down', seen), terminate: true };
  }
  return isAlive(seen) ? { state: 'shutting-down', terminate: true } : { state: 'shutting-down' };
}

function isAlive(seen: Observation): boolean {
  return seen.kind === 'reported' && seen.stateName !== 'Teardown';
}

function isLost(seen: Observation): boolean {
  return seen.kind === 'absent' && seen.reports >= LOST_AFTER_REPORTS;
}

function isOver(instance: KnownInstance, seen: Observation, now: Date, limits: TransitionLimits): boolean {
  if (instance.deadlineAt === undefined) return false;
  const grace = seen.kind === 'silent' ? limits.silentGraceMs : 0;
  return now.getTime() >= instance.deadlineAt.getTime() + grace;
}

function ended(reason: Reason | undefined): Decision {
  const unexplained: Reason = {
    code: 'Server.InternalError',
    message: 'the cluster ended the instance and gave no reason',
  };
  return { state: 'terminated', reason: reason ?? unexplained };
}

function lost(): Reason {
  return { code: 'Cluster.InstanceLost', message: 'the cluster does not report the instance any more' };
}

function overdue(state: string, seen: Observation): Reason {
  if (seen.kind === 'silent') {
    return { code: 'Wire.PeerUnreachable', message: `the cluster did not answer while the instance was ${state}` };
  }
  return { code: 'Workflow.DeadlineExceeded', message: `the instance was still ${state} at its deadline` };
}

/** Addresses and node as reported; an unknown one never replaces a known one. */
function place(
  known: KnownInstance,
  seen: Observation & { kind: 'reported' },
): Pick<Decision, 'privateIp' | 'publicIp' | 'node'> {
  return {
    ...(seen.privateIp !== undefined && seen.privateIp !== known.privateIp ? { privateIp: seen.privateIp } : {}),
    ...(seen.publicIp !== undefined && seen.publicIp !== known.publicIp ? { publicIp: seen.publicIp } : {}),
    ...(seen.node !== undefined && seen.node !== known.node ? { node: seen.node } : {}),
  };
}
