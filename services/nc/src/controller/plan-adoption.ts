import type { RecoveredDomain } from '@mallee/hypervisor';
import { instanceIdOf, type InstanceRecord, type StopReason } from '../instances/record.js';
import { parseRecord } from '../instances/record-files.js';
import { reasonOfEnding } from './plan-sweep.js';

/** How often a launch is taken up again before it counts as failed. */
export const MAX_RESUMES = 3;

/** What a restarted node controller does about one instance or domain. */
export type AdoptionAction =
  /** The guest runs: only the record may have to catch up. */
  | { readonly do: 'adopt'; readonly instanceId: string }
  /** The launch begins again from its first step. */
  | { readonly do: 'resume'; readonly instanceId: string }
  /** A reboot was interrupted between end and start. */
  | { readonly do: 'reboot'; readonly instanceId: string }
  | { readonly do: 'stop'; readonly instanceId: string; readonly reason: StopReason }
  | { readonly do: 'tear-down'; readonly instanceId: string }
  /** A running guest whose record file is lost; the domain itself told what it is. */
  | { readonly do: 'restore'; readonly record: InstanceRecord }
  /** A domain of an instance that is over, as its record says. */
  | { readonly do: 'destroy-domain'; readonly instanceId: string }
  /** A domain with our name that we know nothing about: left alone and reported. */
  | { readonly do: 'report'; readonly instanceId: string };

/**
 * Compares what the records say with what the hypervisor runs. Pure.
 * @param instancesDirectory only domains made by a node controller with this directory are restored
 */
export function planAdoption(
  records: readonly InstanceRecord[],
  domains: readonly RecoveredDomain[],
  instancesDirectory: string,
): AdoptionAction[] {
  const byId = new Map(domains.map((domain) => [domain.instanceId, domain]));
  const known = new Set(records.map(instanceIdOf));
  const actions = records.flatMap((record) => {
    const action = forRecord(record, byId.get(instanceIdOf(record)));
    return action === undefined ? [] : [action];
  });
  const unknown = domains.filter(({ instanceId }) => !known.has(instanceId));
  return [...actions, ...unknown.map((domain) => forUnknown(domain, instancesDirectory))];
}

function forRecord(record: InstanceRecord, domain: RecoveredDomain | undefined): AdoptionAction | undefined {
  const instanceId = instanceIdOf(record);
  if (record.state === 'Stopping') return { do: 'tear-down', instanceId };
  if (record.state === 'Teardown') return domain === undefined ? undefined : { do: 'destroy-domain', instanceId };
  if (domain !== undefined && domain.state !== 'stopped') return { do: 'adopt', instanceId };
  if (domain !== undefined && record.state === 'Rebooting') return { do: 'reboot', instanceId };
  const launching = record.state === 'Staging' || record.state === 'Booting';
  if (domain !== undefined && domain.ending !== 'never-started') {
    return { do: 'stop', instanceId, reason: reasonOfEnding(domain.ending) };
  }
  if (launching && record.resumes < MAX_RESUMES) return { do: 'resume', instanceId };
  const message = launching
    ? `the node controller restarted ${record.resumes + 1} times during the launch`
    : 'the guest was gone when the node controller started again';
  return { do: 'stop', instanceId, reason: { code: 'Node.Restarted', message } };
}

function forUnknown(domain: RecoveredDomain, instancesDirectory: string): AdoptionAction {
  const { metadata, instanceId } = domain;
  if (typeof metadata === 'object' && metadata !== null && 'record' in metadata && 'instancesDirectory' in metadata) {
    const record = parseRecord(metadata.record);
    const ours = metadata.instancesDirectory === instancesDirectory;
    if (record !== undefined && ours && instanceIdOf(record) === instanceId) return { do: 'restore', record };
  }
  return { do: 'report', instanceId };
}
