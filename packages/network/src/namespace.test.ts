/*
 * The real drivers in network namespaces: one is the host with bridge, dnsmasq and nft, one a guest on the bridge, one the
 * world outside. Needs root, ip, nft, dnsmasq and busybox.
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeReal } from '@mallee/testing';
import { hostBridgeNetwork } from './cluster-network.js';
import type { DesiredNetwork } from './desired-state.js';
import { DnsmasqDriver } from './dnsmasq-driver.js';
import { HostExec, runOrThrow, type Argv } from './exec.js';
import { parseSubnet } from './ipv4.js';

const id = `mt${String(process.pid)}`;
const names = { cc: `${id}c`, guest: `${id}g`, outside: `${id}o` };
const state: DesiredNetwork = {
  tag: 'test',
  bridge: 'mallee0',
  subnet: parseSubnet('10.77.0.0/24'),
  dns: ['9.9.9.9'],
  mtu: 1400,
  hosts: [{ instanceId: 'i-00000001', mac: 'd0:0d:00:00:00:01', ip: '10.77.0.2' }],
};
const root = new HostExec();
const inside = (name: string): HostExec => new HostExec({ netns: `/run/netns/${name}` });
const ip = (exec: HostExec, line: string) => runOrThrow(exec, ['ip', ...line.split(' ')] as unknown as Argv);

let directory = '';
const log: string[] = [];

/** Makes a port of the bridge whose other end is `device` with the MAC, in the guest's namespace. */
async function plug(device: string, mac: string): Promise<void> {
  await ip(root, `link add ${id}t type veth peer name ${device} netns ${names.guest}`);
  await ip(root, `link set ${id}t netns ${names.cc}`);
  await ip(inside(names.cc), `link set ${id}t name t-${device} master mallee0 up`);
  await ip(inside(names.guest), `link set ${device} address ${mac} up`);
}

/** One DHCP exchange; the answer as udhcpc's variables, undefined when no server answered. */
async function requestAddress(device: string): Promise<Record<string, string> | undefined> {
  const script = path.join(directory, 'udhcpc.script');
  const result = path.join(directory, 'udhcpc.result');
  await rm(result, { force: true });
  await writeFile(script, `#!/bin/sh\nif [ "$1" = bound ]; then env > ${result}; fi\n`);
  await chmod(script, 0o755);
  const argv: Argv = [
    'busybox',
    'udhcpc',
    '-i',
    device,
    '-n',
    '-q',
    '-f',
    '-t',
    '3',
    '-T',
    '1',
    '-s',
    script,
    '-O',
    'mtu',
  ];
  const { code } = await inside(names.guest).run(argv);
  if (code !== 0) return undefined;
  const lines = (await readFile(result, 'utf8')).split('\n').map((line) => line.split('='));
  return Object.fromEntries(lines.map(([key = '', value = '']) => [key, value]));
}

const needs = { root: true, programs: ['ip', 'nft', 'dnsmasq', 'busybox', 'nsenter'] };

describeReal(needs, 'bridge, DHCP and masquerade in namespaces', () => {
  const network = () => hostBridgeNetwork(path.join(directory, 'dhcp'), (line) => log.push(line), inside(names.cc));
  const server = () => new DnsmasqDriver(inside(names.cc), path.join(directory, 'dhcp'));

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'mallee-net-'));
    await chmod(directory, 0o755);
    for (const name of Object.values(names)) await ip(root, `netns add ${name}`);
    await ip(root, `link add ${id}u type veth peer name out0 netns ${names.outside}`);
    await ip(root, `link set ${id}u netns ${names.cc}`);
    await ip(inside(names.cc), `link set ${id}u name up0 up`);
    await ip(inside(names.cc), 'addr add 198.51.100.1/24 dev up0');
    await ip(inside(names.outside), 'addr add 198.51.100.2/24 dev out0');
    await ip(inside(names.outside), 'link set out0 up');
    await runOrThrow(inside(names.cc), ['tee', '/proc/sys/net/ipv4/ip_forward'], { input: '0\n' });
  });

  afterAll(async () => {
    await server().stop();
    for (const name of Object.values(names)) await root.run(['ip', 'netns', 'del', name]);
    await rm(directory, { recursive: true, force: true });
  });

  test('a guest gets its planned address, router, DNS and MTU', async () => {
    await network().apply(state);
    expect(log).toEqual([expect.stringContaining('ip_forward')]);
    await plug('eth0', 'd0:0d:00:00:00:01');
    const lease = await requestAddress('eth0');
    expect(lease).toMatchObject({ ip: '10.77.0.2', router: '10.77.0.1', dns: '9.9.9.9', mtu: '1400', lease: '1200' });
  });

  test('an unknown MAC gets no address', async () => {
    await plug('eth1', 'd0:0d:00:00:00:99');
    expect(await requestAddress('eth1')).toBeUndefined();
  });

  test('a further host works without a restart, also after the daemon itself restarted', async () => {
    const before = await server().pid();
    const hosts = [...state.hosts, { instanceId: 'i-00000099', mac: 'd0:0d:00:00:00:99', ip: '10.77.0.3' }];
    await network().apply({ ...state, hosts });
    expect(await server().pid()).toBe(before);
    expect(await requestAddress('eth1')).toMatchObject({ ip: '10.77.0.3' });
  });

  test('an address whose old lease still runs goes to its new owner', async () => {
    const hosts = [{ instanceId: 'i-00000099', mac: 'd0:0d:00:00:00:99', ip: '10.77.0.2' }];
    await network().apply({ ...state, hosts });
    expect(await requestAddress('eth1')).toMatchObject({ ip: '10.77.0.2' });
  });

  test('packets leave masqueraded, and foreign tables are left alone', async () => {
    const foreign = 'table ip site {\n}\n';
    await runOrThrow(inside(names.cc), ['nft', '-f', '-'], { input: foreign });
    await network().apply(state);
    const guest = inside(names.guest);
    await ip(guest, 'addr add 10.77.0.2/24 dev eth0');
    await ip(guest, 'route add default via 10.77.0.1');
    // The outside has no route to 10.77.0.0/24: an answer proves the source was changed.
    expect(await guest.run(['busybox', 'ping', '-c', '1', '-W', '5', '198.51.100.2'])).toMatchObject({ code: 0 });
    const tables = (await runOrThrow(inside(names.cc), ['nft', 'list', 'tables'])).stdout;
    expect(tables).toContain('table ip site');
    expect(tables.match(/mallee_cc_test/g)).toHaveLength(1);
  });

  test('rules that another tool flushed come back', async () => {
    const same = network();
    await same.apply(state);
    await runOrThrow(inside(names.cc), ['nft', 'flush', 'ruleset']);
    await same.apply(state);
    expect((await runOrThrow(inside(names.cc), ['nft', 'list', 'tables'])).stdout).toContain('mallee_cc_test');
    await runOrThrow(inside(names.cc), ['nft', '-f', '-'], { input: 'table ip site {\n}\n' });
  });

  test('remove takes what is ours and nothing else', async () => {
    await network().remove(state);
    const tables = (await runOrThrow(inside(names.cc), ['nft', 'list', 'tables'])).stdout;
    expect(tables).toContain('table ip site');
    expect(tables).not.toContain('mallee_cc_test');
    expect((await inside(names.cc).run(['ip', 'link', 'show', 'dev', 'mallee0'])).code).not.toBe(0);
    expect(await server().pid()).toBeUndefined();
  });
});
