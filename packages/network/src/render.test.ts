import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkDesiredNetwork, type DesiredNetwork } from './desired-state.js';
import { parseSubnet } from './ipv4.js';
import { dnsmasqFiles, renderDnsmasqConfig, renderDnsmasqHosts, withoutConflictingLeases } from './render-dnsmasq.js';
import { renderLinks } from './render-links.js';
import { renderNft, renderNftRemoval } from './render-nft.js';

const state: DesiredNetwork = {
  tag: 'one',
  bridge: 'mallee0',
  subnet: parseSubnet('10.5.0.0/24'),
  dns: ['9.9.9.9'],
  mtu: 1500,
  hosts: [
    { instanceId: 'i-1234ABCD', mac: 'd0:0d:12:34:AB:CD', ip: '10.5.0.10' },
    { instanceId: 'i-00000001', mac: 'd0:0d:00:00:00:01', ip: '10.5.0.2' },
  ],
};
const golden = (name: string): string => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8');

describe('rendered documents', () => {
  test('nft', () => {
    expect(renderNft(state)).toBe(golden('table.nft'));
    expect(renderNftRemoval('one')).toBe('table ip mallee_cc_one {\n}\ndelete table ip mallee_cc_one\n');
  });

  test('dnsmasq', () => {
    expect(renderDnsmasqConfig(state, dnsmasqFiles('/state/dhcp'), 'nobody')).toBe(golden('dnsmasq.conf'));
    expect(renderDnsmasqHosts(state.hosts)).toBe(golden('dnsmasq.hosts'));
    expect(renderDnsmasqHosts([...state.hosts].reverse())).toBe(golden('dnsmasq.hosts'));
  });

  test('links', () => {
    expect(renderLinks(state)).toEqual(JSON.parse(golden('links.json')));
  });

  test('a lease that blocks a planned address is dropped, others stay', () => {
    const lease = (mac: string, ip: string): string => `1900000000 ${mac} ${ip} * *`;
    const mine = lease('d0:0d:12:34:ab:cd', '10.5.0.10');
    const stale = lease('d0:0d:99:99:99:99', '10.5.0.2');
    const other = lease('d0:0d:99:99:99:98', '10.5.0.77');
    expect(withoutConflictingLeases(`${mine}\n${stale}\n${other}\n`, state.hosts)).toBe(`${mine}\n${other}\n`);
    expect(withoutConflictingLeases(`${mine}\n${other}\n`, state.hosts)).toBeUndefined();
    expect(withoutConflictingLeases('', state.hosts)).toBeUndefined();
  });

  test.each([
    ['a bridge name over 15 characters', { bridge: 'mallee0123456789' }],
    ['a bridge name with a quote', { bridge: 'a"b' }],
    ['a tag with a space', { tag: 'a b' }],
    ['a tag in upper case', { tag: 'A' }],
    ['a name server that is a name', { dns: ['dns.example'] }],
    ['an mtu of 0', { mtu: 0 }],
    ['a host whose MAC carries a line', { hosts: [{ instanceId: 'i', mac: 'd0:0d:00:00:00:01\nx', ip: '10.5.0.2' }] }],
  ])('%s is refused', (_name, change) => {
    expect(() => checkDesiredNetwork({ ...state, ...change })).toThrow(
      expect.objectContaining({ code: 'Configuration.Invalid' }),
    );
  });
});
