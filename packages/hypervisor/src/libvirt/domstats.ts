import type { DomainEnding, DomainState } from '../driver.js';

export interface DomainStateLine {
  readonly name: string;
  readonly state: DomainState;
  readonly ending?: DomainEnding;
}

/**
 * Numbers of libvirt's `virDomainState`: 1 running, 2 blocked, 3 paused, 4 shutdown, 5 shutoff, 6 crashed, 7 pmsuspended.
 * Source: libvirt-domain.h.
 */
const STATES: Readonly<Record<number, DomainState>> = {
  1: 'running',
  2: 'running',
  3: 'paused',
  4: 'stopping',
  5: 'stopped',
  6: 'stopped',
  7: 'paused',
};

/**
 * `virDomainShutoffReason`: 0 unknown (a definition that never ran, or libvirtd has restarted since), 1 shutdown,
 * 2 destroyed, 3 crashed, 4 migrated, 5 saved, 6 failed, 7 from snapshot, 8 daemon.
 */
const ENDINGS: Readonly<Record<number, DomainEnding>> = {
  0: 'never-started',
  1: 'guest-shutdown',
  2: 'destroyed',
  3: 'crashed',
  6: 'failed',
};

/** Reads the output of `virsh domstats --state`. */
export function parseDomainStates(output: string): DomainStateLine[] {
  const lines: DomainStateLine[] = [];
  for (const block of output.split(/^Domain: /m).slice(1)) {
    const name = /^'(.*)'/.exec(block)?.[1];
    if (name === undefined) continue;
    lines.push({ name, ...translate(numberOf(block, 'state.state'), numberOf(block, 'state.reason')) });
  }
  return lines;
}

function numberOf(block: string, key: string): number {
  const line = block.split('\n').find((candidate) => candidate.trim().startsWith(`${key}=`));
  return line === undefined ? -1 : Number(line.trim().slice(key.length + 1));
}

function translate(state: number, reason: number): { state: DomainState; ending?: DomainEnding } {
  const known = STATES[state] ?? 'running';
  if (known !== 'stopped') return { state: known };
  return { state: known, ending: state === 6 ? 'crashed' : (ENDINGS[reason] ?? 'unknown') };
}
