import { isIPv4 } from 'node:net';
import type { ReportedInstance } from '../components/cluster-port.js';
import type { Observation } from './instance-transition.js';

export type Reported = Observation & { readonly kind: 'reported' };

const STATES = ['Pending', 'Extant', 'Teardown'] as const;

/** The instances of a report by id. What a cluster says is checked: foreign ids and odd addresses are left out. */
export function readReport(instances: readonly ReportedInstance[]): Map<string, Reported> {
  const report = new Map<string, Reported>();
  for (const one of instances) {
    if (one.instanceId === undefined || !/^i-[0-9A-F]{8}$/.test(one.instanceId)) continue;
    report.set(one.instanceId, {
      kind: 'reported',
      stateName: STATES.find((state) => state === one.stateName) ?? 'Unknown',
      privateIp: address(one.netParams?.privateIp),
      publicIp: address(one.netParams?.publicIp),
      node: nodeUrl(one.serviceTag),
      reason: undefined,
    });
  }
  return report;
}

/** 0.0.0.0 means "not known (yet)" on the wire. */
function address(text: string | undefined): string | undefined {
  return text !== undefined && isIPv4(text) && text !== '0.0.0.0' ? text : undefined;
}

function nodeUrl(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 256 && /^https?:\/\//.test(text) ? text : undefined;
}
