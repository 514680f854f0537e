import { expect, it } from '@jest/globals';
import { userNetworkOptions } from './user-network.js';

const base = {
  kind: 'user',
  mac: 'D0:0D:00:00:00:01',
  subnet: '10.88.0.0/29',
  gateway: '10.88.0.6',
  outbound: false,
} as const;

it('hands out exactly the given address', () => {
  const [, netdev] = userNetworkOptions({ ...base, privateIp: '10.88.0.2' });
  expect(netdev).toBe('user,id=net0,net=10.88.0.0/29,host=10.88.0.6,dns=10.88.0.5,dhcpstart=10.88.0.2,restrict=on');
});

it('keeps the name server off the guest and the gateway', () => {
  const [, netdev] = userNetworkOptions({ ...base, privateIp: '10.88.0.5' });
  expect(netdev).toContain('dns=10.88.0.4,');
});

it('lets the guest open connections only when told to', () => {
  const network = { ...base, privateIp: '10.88.0.2' };
  expect(userNetworkOptions(network)[1]).toMatch(/,restrict=on$/);
  expect(userNetworkOptions({ ...network, outbound: true })[1]).toMatch(/,restrict=off$/);
});
