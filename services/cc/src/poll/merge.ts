import type { Sighting } from '../nodes/node-port.js';
import type { InstanceRecord, InstanceState, Volume } from '../store/instance-record.js';

/** What one successful poll of a node changes. */
export type Change =
  /** New values of a known instance; `accepted`: the node was found to have it. */
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly values: Partial<InstanceRecord>;
      readonly accepted: boolean;
    }
  /** The node says it has ended. */
  | { readonly kind: 'ended'; readonly id: string }
  /** It is gone from the node without having been told to. */
  | { readonly kind: 'lost'; readonly id: string }
  /** It is gone from the node after it was told to. */
  | { readonly kind: 'gone'; readonly id: string }
  /** It ended before, and now it is sure that the node does not run it: its address is free. */
  | { readonly kind: 'release'; readonly id: string }
  /** The node did not list it; once more and it is gone. */
  | { readonly kind: 'absent'; readonly id: string; readonly values: Partial<InstanceRecord> }
  /** The node runs something that nobody here knows. */
  | { readonly kind: 'adopt'; readonly sighting: Sighting }
  /** The node runs something that has ended, should end, or runs elsewhere. */
  | { readonly kind: 'terminate'; readonly id: string; readonly userId: string };

export interface PollResult {
  readonly nodeUrl: string;
  /** By the clock of the database, before the node was asked. */
  readonly startedAt: Date;
  readonly sightings: readonly Sighting[];
  /** How long an instance must be missing at least: hints can make two polls follow within milliseconds. */
  readonly minAbsenceMs: number;
  /** URLs of the nodes in the configuration. */
  readonly configured: ReadonlySet<string>;
}

/** Successful polls in a row without an instance, until it counts as gone. */
const POLLS_UNTIL_GONE = 2;
/** An order to terminate is repeated when the node still shows the instance this long after. */
const REPEAT_TERMINATE_MS = 30_000;

/** Compares what is known with what a node reports. Pure; `known` has every instance it lists and every one that it should. */
export function mergePoll(known: readonly InstanceRecord[], poll: PollResult): Change[] {
  const sightings = new Map(poll.sightings.map((sighting) => [sighting.instanceId, sighting]));
  const records = new Map(known.map((instance) => [instance.id, instance]));
  const changes: Change[] = [];
  for (const sighting of sightings.values()) {
    const instance = records.get(sighting.instanceId);
    if (instance !== undefined) changes.push(...mergeSighting(instance, sighting, poll));
    else if (isAlive(sighting)) changes.push({ kind: 'adopt', sighting });
  }
  for (const instance of known) {
    if (!sightings.has(instance.id) && instance.nodeUrl === poll.nodeUrl) changes.push(...mergeAbsence(instance, poll));
  }
  return changes;
}

function isAlive(sighting: Sighting): boolean {
  return sighting.stateName === 'Pending' || sighting.stateName === 'Extant';
}

function mergeSighting(instance: InstanceRecord, sighting: Sighting, poll: PollResult): Change[] {
  const here = instance.nodeUrl === poll.nodeUrl;
  const { id, userId } = instance;
  if (!isAlive(sighting)) {
    if (!here) return [];
    if (instance.state === 'Teardown') return [{ kind: 'release', id }];
    // Not yet accepted: the launch itself asks the node and decides.
    return instance.nodeCall === 'none' ? [] : [{ kind: 'ended', id }];
  }
  if (instance.state === 'Teardown') return [{ kind: 'terminate', id, userId }];
  const moved = !here && instance.nodeUrl !== null && !poll.configured.has(instance.nodeUrl);
  if (!here && !moved) return [{ kind: 'terminate', id, userId }];
  const accepted = instance.nodeCall !== 'accepted' || moved;
  const values = changedValues(instance, sighting, poll.nodeUrl);
  const changes: Change[] = [];
  if (accepted || Object.keys(values).length > 0) changes.push({ kind: 'update', id, values, accepted });
  const sentAt = instance.terminateSentAt?.getTime() ?? 0;
  if (instance.terminateRequestedAt !== null && poll.startedAt.getTime() - sentAt > REPEAT_TERMINATE_MS) {
    changes.push({ kind: 'terminate', id, userId });
  }
  return changes;
}

/** What the node knows better. An address of 0.0.0.0 never replaces a known one. */
function changedValues(instance: InstanceRecord, sighting: Sighting, nodeUrl: string): Partial<InstanceRecord> {
  const launchTime = sighting.launchTime === undefined ? Number.NaN : Date.parse(sighting.launchTime);
  const seen: Partial<InstanceRecord> = {
    state: sighting.stateName as InstanceState,
    nodeUrl,
    absentPolls: 0,
    absentSince: null,
    bundleState: sighting.bundleTaskStateName ?? 'none',
    volumes: sighting.volumes.map(toVolume),
    ...(Number.isNaN(launchTime) ? {} : { launchTime: new Date(launchTime) }),
    ...known('privateIp', sighting.netParams?.privateIp),
    ...known('publicIp', sighting.netParams?.publicIp),
  };
  const changed = Object.entries(seen).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(instance[key as keyof InstanceRecord]),
  );
  return Object.fromEntries(changed);
}

/** A volume with all its elements, which original peers need. */
export function toVolume({ volumeId, remoteDev, localDev, state }: Partial<Volume>): Volume {
  return {
    volumeId: volumeId ?? '',
    remoteDev: remoteDev ?? '',
    localDev: localDev ?? '',
    state: state ?? '',
  };
}

function known(key: 'privateIp' | 'publicIp', value: string | undefined): Partial<InstanceRecord> {
  return value === undefined || value === '' || value === '0.0.0.0' ? {} : { [key]: value };
}

function mergeAbsence(instance: InstanceRecord, poll: PollResult): Change[] {
  const { id } = instance;
  const ended = instance.state === 'Teardown';
  // A launch under way is the launch's business; an instance accepted after the question could not be in the answer.
  if (!ended && instance.nodeCall !== 'accepted') return [];
  if (!ended && instance.acceptedAt !== null && instance.acceptedAt >= poll.startedAt) return [];
  const values = { absentPolls: instance.absentPolls + 1, absentSince: instance.absentSince ?? poll.startedAt };
  const missingMs = poll.startedAt.getTime() - values.absentSince.getTime();
  if (values.absentPolls < POLLS_UNTIL_GONE || missingMs < poll.minAbsenceMs) return [{ kind: 'absent', id, values }];
  if (ended) return [{ kind: 'release', id }];
  return [{ kind: instance.terminateRequestedAt === null ? 'lost' : 'gone', id }];
}
