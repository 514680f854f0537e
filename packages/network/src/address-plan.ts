import { MalleeError } from '@mallee/errors';
import { formatAddress, parseAddress, type Subnet } from './ipv4.js';

/*
 * The plan of one network, as in the original (net/vnetwork.c): of A addresses index 0 is the network, 1 the gateway,
 * A-1 the broadcast. A-2 is the last one given out, so a network of 32 has the 29 hosts 2..30.
 */

export const FIRST_INDEX = 2;

/** The last index that may be given to an instance. */
export function lastIndex(subnet: Subnet): number {
  return subnet.size - 2;
}

/** How many instances the subnet can hold. */
export function capacity(subnet: Subnet): number {
  return Math.max(0, lastIndex(subnet) - FIRST_INDEX + 1);
}

export function gateway(subnet: Subnet): string {
  return formatAddress(subnet.base + 1);
}

export function broadcast(subnet: Subnet): string {
  return formatAddress(subnet.base + subnet.size - 1);
}

/** The address of an index. Throws Cluster.NoAddress for an index that is not for instances. */
export function addressAt(subnet: Subnet, index: number): string {
  if (!Number.isInteger(index) || index < FIRST_INDEX || index > lastIndex(subnet)) {
    throw new MalleeError(
      'Cluster.NoAddress',
      `index ${String(index)} is not usable in a network of ${String(subnet.size)}`,
    );
  }
  return formatAddress(subnet.base + index);
}

/** The index of an address, undefined when it is outside or not for instances. */
export function indexOf(subnet: Subnet, address: string): number | undefined {
  const index = parseAddress(address) - subnet.base;
  return index >= FIRST_INDEX && index <= lastIndex(subnet) ? index : undefined;
}

/**
 * The MAC of an instance: `d0:0d` and the 8 hex digits of its id, upper case as the original prints them
 * (i-1234abcd -> d0:0d:12:34:AB:CD). Throws InvalidInstanceID.Malformed.
 */
export function macOf(instanceId: string): string {
  const match = /^i-([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})$/.exec(instanceId);
  if (match === null) {
    throw new MalleeError(
      'InvalidInstanceID.Malformed',
      `${JSON.stringify(instanceId.slice(0, 64))} is not an instance id`,
    );
  }
  return ['d0', '0d', ...match.slice(1).map((digits) => digits.toUpperCase())].join(':');
}

/**
 * Picks the index for a new instance: the first free one after `cursor`, wrapping round. Going on from the last one given
 * out keeps a released address unused for as long as possible, so that stale leases and ARP entries fade first.
 * Undefined when the subnet is full.
 */
export function pickIndex(subnet: Subnet, used: ReadonlySet<number>, cursor: number): number | undefined {
  const count = capacity(subnet);
  const start = Number.isInteger(cursor) ? Math.max(0, cursor + 1 - FIRST_INDEX) : 0;
  for (let step = 0; step < count; step += 1) {
    const index = FIRST_INDEX + ((start + step) % count);
    if (!used.has(index)) return index;
  }
  return undefined;
}
