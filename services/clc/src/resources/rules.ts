import { isIPv4 } from 'node:net';
import { MalleeError } from '@mallee/errors';

export type Protocol = 'tcp' | 'udp' | 'icmp' | '-1';

/** Protocol and ports of a rule; for icmp the ports are type and code, -1 for any. For `-1` there are none. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly fromPort: number | null;
  readonly toPort: number | null;
}

const numbers: Readonly<Record<string, Protocol>> = { '6': 'tcp', '17': 'udp', '1': 'icmp' };

/** @throws InvalidPermission.Malformed, InvalidParameterValue */
export function portRange(protocol: string, from: number | undefined, to: number | undefined): PortRange {
  const lower = protocol.toLowerCase();
  const name = numbers[lower] ?? lower;
  if (name === '-1' || name === 'all') return { protocol: '-1', fromPort: null, toPort: null };
  if (name === 'icmp') return icmpRange(from ?? -1, to ?? -1);
  if (name !== 'tcp' && name !== 'udp') {
    throw new MalleeError('InvalidPermission.Malformed', `Unsupported IP protocol "${protocol.slice(0, 40)}"`);
  }
  if (from === -1 && to === -1) return { protocol: name, fromPort: 0, toPort: 65535 };
  if (from === undefined || to === undefined) {
    throw new MalleeError('InvalidPermission.Malformed', `Protocol ${name} needs FromPort and ToPort`);
  }
  if (from < 0 || to > 65535 || from > to) {
    throw new MalleeError('InvalidPermission.Malformed', `Invalid TCP/UDP port range (${from}:${to})`);
  }
  return { protocol: name, fromPort: from, toPort: to };
}

function icmpRange(type: number, code: number): PortRange {
  if (type < -1 || type > 255 || code < -1 || code > 255 || (type === -1 && code !== -1)) {
    throw new MalleeError('InvalidPermission.Malformed', `ICMP code (${code}) of type (${type}) out of range`);
  }
  return { protocol: 'icmp', fromPort: type, toPort: code };
}

/** `a.b.c.d/n` with the host bits cleared. @throws InvalidParameterValue */
export function normaliseCidr(text: string): string {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text.trim());
  const bits = Number(match?.[2] ?? 99);
  const address = match?.[1] ?? '';
  if (!isIPv4(address) || bits > 32) {
    throw new MalleeError('InvalidParameterValue', `CIDR block ${text.slice(0, 60)} is malformed`);
  }
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const network = Math.floor(value / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')}/${bits}`;
}
