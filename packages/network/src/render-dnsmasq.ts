import { gateway } from './address-plan.js';
import type { DesiredNetwork, HostReservation } from './desired-state.js';
import { formatAddress, netmask } from './ipv4.js';

/** Where dnsmasq finds and keeps its things; absolute paths. */
export interface DnsmasqFiles {
  readonly config: string;
  readonly hosts: string;
  readonly leases: string;
  readonly pid: string;
  readonly log: string;
}

/** Seconds; the lease time of the original. */
export const LEASE_SECONDS = 1200;

export function dnsmasqFiles(directory: string): DnsmasqFiles {
  return {
    config: `${directory}/dnsmasq.conf`,
    hosts: `${directory}/dnsmasq.hosts`,
    leases: `${directory}/dnsmasq.leases`,
    pid: `${directory}/dnsmasq.pid`,
    log: `${directory}/dnsmasq.log`,
  };
}

/**
 * The configuration: no DNS, only our bridge, only hosts that are in the hosts file (which SIGHUP re-reads).
 * `user` is the account dnsmasq drops to; it must be able to read the hosts file after that.
 */
export function renderDnsmasqConfig(state: DesiredNetwork, files: DnsmasqFiles, user: string): string {
  const dns = state.dns.length === 0 ? '' : `,${state.dns.join(',')}`;
  return `port=0
interface=${state.bridge}
except-interface=lo
bind-dynamic
user=${user}
no-resolv
no-hosts
no-ping
dhcp-authoritative
dhcp-range=${formatAddress(state.subnet.base)},static,${netmask(state.subnet)},${String(LEASE_SECONDS)}
dhcp-ignore=tag:!known
dhcp-option=option:router,${gateway(state.subnet)}
dhcp-option=option:dns-server${dns}
dhcp-option=option:mtu,${String(state.mtu)}
dhcp-hostsfile=${files.hosts}
dhcp-leasefile=${files.leases}
pid-file=${files.pid}
log-facility=${files.log}
log-dhcp
`;
}

/** The hosts file: one line per guest, ordered by address so that equal states give equal files. */
export function renderDnsmasqHosts(hosts: readonly HostReservation[]): string {
  const key = (host: HostReservation): string =>
    host.ip
      .split('.')
      .map((octet) => octet.padStart(3, '0'))
      .join('.');
  return [...hosts]
    .sort((a, b) => key(a).localeCompare(key(b)))
    .map((host) => `${host.mac.toLowerCase()},${host.ip},${String(LEASE_SECONDS)}\n`)
    .join('');
}

/**
 * Takes the leases out that stand in the way of the plan: an address of a planned host that is leased to another MAC
 * (dnsmasq would refuse to give it out until that lease ends). Returns undefined when nothing has to change.
 */
export function withoutConflictingLeases(leases: string, hosts: readonly HostReservation[]): string | undefined {
  const planned = new Map(hosts.map((host) => [host.ip, host.mac.toLowerCase()]));
  const lines = leases.split('\n').filter((line) => line !== '');
  const kept = lines.filter((line) => {
    const [, mac = '', ip = ''] = line.split(' ');
    const owner = planned.get(ip);
    return owner === undefined || owner === mac.toLowerCase();
  });
  return kept.length === lines.length ? undefined : kept.map((line) => `${line}\n`).join('');
}
