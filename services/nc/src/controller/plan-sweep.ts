import type { DomainEnding, DomainStatus } from '@mallee/hypervisor';
import { instanceIdOf, type InstanceRecord, type StopReason } from '../instances/record.js';

export interface SweepLimits {
  readonly stagingSeconds: number;
  readonly bootSeconds: number;
  readonly teardownSeconds: number;
}

/** What the sweep found out that must be done about one instance. */
export type SweepAction =
  | { readonly do: 'running'; readonly instanceId: string }
  | { readonly do: 'stop'; readonly instanceId: string; readonly reason: StopReason }
  | { readonly do: 'tear-down'; readonly instanceId: string }
  | { readonly do: 'forget'; readonly instanceId: string };

export interface SweepView {
  readonly records: readonly InstanceRecord[];
  /** The domains as they were at `seenAt`. */
  readonly domains: readonly DomainStatus[];
  readonly seenAt: Date;
  /** True for an instance that a launch, reboot or teardown is working on. */
  readonly isBusy: (instanceId: string) => boolean;
  /** How many sweeps in a row its domain was missing before this one. */
  readonly missedSweeps: (instanceId: string) => number;
  readonly limits: SweepLimits;
  readonly now: Date;
}

/** A domain must be missing this many sweeps in a row before its instance counts as lost. */
export const MISSES_UNTIL_LOST = 2;

const EXPIRED: StopReason = {
  code: 'Server.ScheduledStop',
  message: 'the time is over that the cloud gave the instance',
};

/** Compares records with domains. Pure; doing the actions is the caller's. */
export function planSweep(view: SweepView): SweepAction[] {
  const domains = new Map(view.domains.map((domain) => [domain.instanceId, domain]));
  return view.records.flatMap((record) => {
    const action = actionFor(record, domains.get(instanceIdOf(record)), view);
    return action === undefined ? [] : [action];
  });
}

function actionFor(record: InstanceRecord, domain: DomainStatus | undefined, view: SweepView): SweepAction | undefined {
  const instanceId = instanceIdOf(record);
  const ageSeconds = (view.now.getTime() - Date.parse(record.stateSince)) / 1000;
  const { limits } = view;
  if (isExpired(record, view.now)) return stop(instanceId, EXPIRED);
  switch (record.state) {
    case 'Teardown':
      return ageSeconds > limits.teardownSeconds ? { do: 'forget', instanceId } : undefined;
    case 'Stopping':
      return view.isBusy(instanceId) ? undefined : { do: 'tear-down', instanceId };
    case 'Staging':
      if (ageSeconds > limits.stagingSeconds) return stop(instanceId, stagingTimeout(limits));
      // Nobody works on it: its launch could not even write down that it failed.
      if (view.isBusy(instanceId) || changedSince(record, view.seenAt)) return undefined;
      return stop(instanceId, { code: 'InternalError', message: 'the launch ended without a result' });
    case 'Booting':
    case 'Rebooting':
      if (ageSeconds > limits.bootSeconds) return stop(instanceId, bootTimeout(limits));
      if (view.isBusy(instanceId)) return undefined;
      return domainAction(record, domain, view, { do: 'running', instanceId });
    case 'Running':
      return view.isBusy(instanceId) ? undefined : domainAction(record, domain, view, undefined);
  }
}

function domainAction(
  record: InstanceRecord,
  domain: DomainStatus | undefined,
  view: SweepView,
  whenAlive: SweepAction | undefined,
): SweepAction | undefined {
  const instanceId = instanceIdOf(record);
  // A record that changed after the domains were listed says nothing about that list.
  if (changedSince(record, view.seenAt)) return undefined;
  if (domain === undefined) {
    const lost = view.missedSweeps(instanceId) + 1 >= MISSES_UNTIL_LOST;
    return lost ? stop(instanceId, { code: 'Node.DomainFailed', message: 'the domain is gone' }) : undefined;
  }
  if (domain.state !== 'stopped') return domain.state === 'running' ? whenAlive : undefined;
  return stop(instanceId, reasonOfEnding(domain.ending));
}

/** Why an instance whose domain ended by itself is over. `Client.` codes are those of EC2's state reasons. */
export function reasonOfEnding(ending: DomainEnding | undefined): StopReason {
  switch (ending) {
    case 'guest-shutdown':
      return { code: 'Client.InstanceInitiatedShutdown', message: 'Instance initiated shutdown' };
    case 'crashed':
      return { code: 'Node.GuestCrashed', message: 'the guest or its emulator crashed' };
    case 'destroyed':
      return { code: 'Node.DomainFailed', message: 'the domain was destroyed from outside' };
    case 'failed':
      return { code: 'Node.DomainFailed', message: 'the domain could not start' };
    case 'never-started':
    case 'unknown':
    case undefined:
      return { code: 'Node.DomainFailed', message: 'the domain ended and the hypervisor does not know why' };
  }
}

function isExpired({ launch, state }: InstanceRecord, now: Date): boolean {
  const ends = launch.expiryTime === undefined ? Infinity : Date.parse(launch.expiryTime);
  return ends <= now.getTime() && state !== 'Stopping' && state !== 'Teardown';
}

function changedSince(record: InstanceRecord, time: Date): boolean {
  return Date.parse(record.stateSince) >= time.getTime();
}

function stop(instanceId: string, reason: StopReason): SweepAction {
  return { do: 'stop', instanceId, reason };
}

function stagingTimeout({ stagingSeconds }: SweepLimits): StopReason {
  return { code: 'Node.ImageFetchFailed', message: `the image was not staged within ${stagingSeconds} s` };
}

function bootTimeout({ bootSeconds }: SweepLimits): StopReason {
  return { code: 'Node.BootTimeout', message: `the domain did not run within ${bootSeconds} s` };
}
