import { createHash } from 'node:crypto';
import { gateway } from './address-plan.js';
import type { DesiredNetwork } from './desired-state.js';

/** A bridge as it shall be. */
export interface BridgeDocument {
  readonly name: string;
  /** Gateway address with prefix length. */
  readonly address: string;
  /** Fixed: a bridge without one takes the lowest MAC of its ports, so the gateway's MAC would change with the guests. */
  readonly mac: string;
  readonly mtu: number;
  /** Marks the link as made by us. Only such a link is ever removed. */
  readonly alias: string;
}

export function renderLinks(state: DesiredNetwork): readonly BridgeDocument[] {
  const digest = createHash('sha256').update(`${state.tag}/${state.bridge}`).digest('hex');
  const mac = ['02', ...(digest.slice(0, 10).match(/../g) ?? [])].join(':');
  const address = `${gateway(state.subnet)}/${String(state.subnet.prefixLength)}`;
  return [{ name: state.bridge, address, mac, mtu: state.mtu, alias: `mallee:${state.tag}` }];
}
