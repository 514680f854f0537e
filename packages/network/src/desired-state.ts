import { MalleeError } from '@mallee/errors';
import { isIPv4 } from 'node:net';
import type { Subnet } from './ipv4.js';

/** One guest that DHCP shall serve. */
export interface HostReservation {
  readonly instanceId: string;
  readonly mac: string;
  readonly ip: string;
}

/** What the network of one cluster on this machine shall look like. Documents are rendered from this and nothing else. */
export interface DesiredNetwork {
  /** Names what is ours on the host: table, alias, files. 1-24 of a-z, 0-9, underscore. */
  readonly tag: string;
  /** 1-15 characters (the kernel's limit; longer names fail without a word). */
  readonly bridge: string;
  readonly subnet: Subnet;
  /** Servers given to guests; empty: the option is not sent. */
  readonly dns: readonly string[];
  /** Bytes. */
  readonly mtu: number;
  readonly hosts: readonly HostReservation[];
}

const TAG = /^[a-z0-9_]{1,24}$/;
const LINK_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/;
const MAC = /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/;

/** Throws Configuration.Invalid when a name or number would not survive the kernel or the documents. */
export function checkDesiredNetwork(state: DesiredNetwork): void {
  const wrong = (what: string): never => {
    throw new MalleeError('Configuration.Invalid', `network: ${what}`);
  };
  if (!TAG.test(state.tag)) wrong(`tag ${JSON.stringify(state.tag)}: 1-24 of a-z, 0-9, _`);
  if (!LINK_NAME.test(state.bridge)) wrong(`bridge ${JSON.stringify(state.bridge)}: a link name has 1-15 characters`);
  if (!Number.isInteger(state.mtu) || state.mtu < 576 || state.mtu > 9216) wrong(`mtu ${String(state.mtu)}`);
  for (const server of state.dns) if (!isIPv4(server)) wrong(`dns ${JSON.stringify(server)}`);
  for (const host of state.hosts) {
    if (!MAC.test(host.mac) || !isIPv4(host.ip)) wrong(`host ${JSON.stringify(host)}`);
  }
}
