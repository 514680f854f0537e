import { isIPv4 } from 'node:net';
import { MalleeError } from '@mallee/errors';

/** An IPv4 network: base and size are numbers of addresses, base is aligned to size. */
export interface Subnet {
  readonly base: number;
  readonly prefixLength: number;
  /** Count of addresses, network and broadcast included. */
  readonly size: number;
}

/** "10.0.0.1" -> 167772161. Throws Configuration.Invalid. */
export function parseAddress(text: string): number {
  if (!isIPv4(text)) throw new MalleeError('Configuration.Invalid', `${JSON.stringify(text)} is not an IPv4 address`);
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(address / 2 ** shift) % 256)).join('.');
}

/** "10.1.0.0/24" -> subnet. Throws Configuration.Invalid when it is no CIDR, not aligned, or not a /8 .. /30. */
export function parseSubnet(cidr: string): Subnet {
  const match = /^([0-9.]{7,15})\/([0-9]{1,2})$/.exec(cidr);
  const prefixLength = Number(match?.[2] ?? Number.NaN);
  if (match === null || !(prefixLength >= 8 && prefixLength <= 30)) {
    throw new MalleeError('Configuration.Invalid', `${JSON.stringify(cidr)} is not a subnet such as 10.1.0.0/24`);
  }
  const base = parseAddress(match[1] ?? '');
  const size = 2 ** (32 - prefixLength);
  if (base % size !== 0) {
    const aligned = formatAddress(base - (base % size));
    throw new MalleeError('Configuration.Invalid', `${cidr} has host bits set; the network is ${aligned}/${match[2]}`);
  }
  return { base, prefixLength, size };
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${String(subnet.prefixLength)}`;
}

export function netmask(subnet: Subnet): string {
  return formatAddress(2 ** 32 - subnet.size);
}
