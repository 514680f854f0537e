import { describe, expect, test } from '@jest/globals';
import { BridgeNetwork, UserNetwork } from './cluster-network.js';
import type { DesiredNetwork } from './desired-state.js';
import { RecordingDhcpDriver } from './dhcp-driver.js';
import { HostExec, runOrThrow } from './exec.js';
import { NftDriver, RecordingFilterDriver } from './filter-driver.js';
import { ensureForwarding } from './forwarding.js';
import { parseSubnet } from './ipv4.js';
import { IpLinkDriver, RecordingLinkDriver } from './link-driver.js';
import { RecordingExec } from './recording-exec.js';
import { renderLinks } from './render-links.js';

const state: DesiredNetwork = {
  tag: 'one',
  bridge: 'mallee0',
  subnet: parseSubnet('10.5.0.0/24'),
  dns: [],
  mtu: 1500,
  hosts: [],
};
const [bridge] = renderLinks(state);
if (bridge === undefined) throw new Error('no bridge rendered');

describe('HostExec', () => {
  test('gives output, code and input; no shell in between', async () => {
    const exec = new HostExec();
    const echoed = await exec.run(['cat'], { input: 'a;b $HOME' });
    expect(echoed).toMatchObject({ code: 0, stdout: 'a;b $HOME' });
    await expect(runOrThrow(exec, ['ls', '/nowhere; true'])).rejects.toMatchObject({ code: 'Platform.CommandFailed' });
    await expect(exec.run(['no-such-program-anywhere'])).rejects.toMatchObject({ code: 'Platform.ProgramMissing' });
    await expect(exec.run(['sleep', '30'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'Platform.Timeout' });
  });
});

describe('IpLinkDriver', () => {
  const made = {
    ifalias: 'mallee:one',
    mtu: 1500,
    flags: ['BROADCAST', 'UP'],
    linkinfo: { info_kind: 'bridge' },
    addr_info: [{ family: 'inet', local: '10.5.0.1', prefixlen: 24 }],
  };

  test('a bridge that is right is not touched', async () => {
    const exec = new RecordingExec(() => ({ stdout: JSON.stringify([made]) }));
    await new IpLinkDriver(exec).ensure(bridge);
    expect(exec.lines).toEqual(['ip -j -d addr show dev mallee0']);
  });

  test('a missing bridge is made, marked and brought up', async () => {
    let shown = 0;
    const exec = new RecordingExec((argv) => {
      if (argv[1] !== '-j') return undefined;
      shown += 1;
      if (shown === 1) return { code: 1, stderr: 'Device "mallee0" does not exist.' };
      return { stdout: JSON.stringify([{ ...made, flags: [], addr_info: [] }]) };
    });
    await new IpLinkDriver(exec).ensure(bridge);
    expect(exec.lines.filter((line) => !line.includes('-j'))).toEqual([
      'ip link add name mallee0 type bridge stp_state 0 forward_delay 0',
      'ip link set dev mallee0 alias mallee:one',
      `ip link set dev mallee0 address ${bridge.mac}`,
      'ip addr add 10.5.0.1/24 brd + dev mallee0',
      'ip link set dev mallee0 up',
    ]);
  });

  test('a link of another kind is refused; a foreign bridge is never removed', async () => {
    const vlan = { ...made, linkinfo: { info_kind: 'vlan' } };
    const wrong = new RecordingExec(() => ({ stdout: JSON.stringify([vlan]) }));
    await expect(new IpLinkDriver(wrong).ensure(bridge)).rejects.toMatchObject({ code: 'Cluster.NetworkFailed' });
    const foreign = new RecordingExec(() => ({ stdout: JSON.stringify([{ ...made, ifalias: 'site' }]) }));
    await new IpLinkDriver(foreign).remove(bridge);
    expect(foreign.lines).toHaveLength(1);
  });
});

describe('BridgeNetwork', () => {
  test('loads rules once, follows the hosts, and says when it turned forwarding on', async () => {
    const said: string[] = [];
    const drivers = {
      link: new RecordingLinkDriver(),
      filter: new RecordingFilterDriver(),
      dhcp: new RecordingDhcpDriver(),
      forwarding: () => Promise.resolve(true),
    };
    const network = new BridgeNetwork(drivers, (message) => said.push(message));
    await network.apply(state);
    const host = { instanceId: 'i-00000001', mac: 'd0:0d:00:00:00:01', ip: '10.5.0.2' };
    await network.apply({ ...state, hosts: [host] });
    expect(drivers.filter.documents).toHaveLength(1);
    expect(drivers.dhcp.hosts).toEqual([host]);
    expect(said).toEqual([expect.stringContaining('ip_forward')]);
    await network.remove(state);
    expect(drivers.link.bridges.size).toBe(0);
    expect(drivers.dhcp.running).toBe(false);
  });

  test('a failing driver becomes Cluster.NetworkFailed and does not block the next apply', async () => {
    const exec = new RecordingExec(() => ({ code: 1, stderr: 'Operation not permitted' }));
    const dhcp = new RecordingDhcpDriver();
    let broken = true;
    const forwarding = () => (broken ? ensureForwarding(exec) : Promise.resolve(false));
    const link = new RecordingLinkDriver();
    const network = new BridgeNetwork({ link, filter: new NftDriver(new RecordingExec()), dhcp, forwarding });
    await expect(network.apply(state)).rejects.toMatchObject({ code: 'Cluster.NetworkFailed' });
    broken = false;
    await network.apply(state);
    expect(dhcp.running).toBe(true);
  });

  test('user mode checks the state and does nothing', async () => {
    await new UserNetwork().apply(state);
    expect(() => new UserNetwork().apply({ ...state, bridge: '' })).toThrow('bridge');
  });
});
