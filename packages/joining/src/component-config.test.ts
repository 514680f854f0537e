import { baseConfigSchema } from '@mallee/daemon';
import { expect, test } from '@jest/globals';
import { renderConfig, type HostSettings } from './component-config.js';
import type { JoinAnswer } from './messages.js';
import { serviceUrl, takesServiceUrl, type JoinableConfig } from './settings.js';

const settings: HostSettings = {
  hypervisor: { driver: 'simulated', uri: 'test:///default', domainType: 'qemu' },
  metadataPort: 0,
  databaseUrl: 'postgres://x',
  queueUrl: 'redis://x',
  network: { mode: 'user', subnet: '10.9.0.0/24' },
};
const places = { directory: '/etc/mallee/x', stateDirectory: '/var/lib/mallee/x' };
const certificates = ['PEM'];

function answer(role: JoinAnswer['role'], url: string): JoinAnswer {
  if (role !== 'node') {
    return { role, name: 'x', url, cluster: 'one', cloudUrl: 'http://10.0.0.1:8773', cloudCertificates: certificates };
  }
  const cluster = { cluster: 'one', clusterUrl: 'http://10.0.0.2:8774', clusterCertificates: certificates };
  const network = { mode: 'user' as const, subnet: '10.9.0.0/24' };
  return { role, name: 'x', url, ...cluster, imageUrlPrefixes: [], network, domainTag: 'abcd' };
}

test.each(['node', 'cluster', 'storage', 'walrus'] as const)(
  'a %s takes messages for the address that is registered of it, and no others',
  (role) => {
    const addressesOf = (url: string): unknown =>
      baseConfigSchema.parse(renderConfig(answer(role, url), settings, places)).listen.addresses;
    expect(addressesOf('http://10.0.0.7:8770')).toEqual(['http://10.0.0.7:8770']);
    expect(addressesOf('https://host-7.example:8770/')).toEqual(['https://host-7.example:8770']);
    expect(addressesOf('http://[2001:db8::7]:8770')).toEqual(['http://[2001:db8::7]:8770']);
  },
);

test('nodes that join a cluster that joined are told an address that it takes', () => {
  const config = renderConfig(answer('cluster', 'https://10.0.0.2:8774'), settings, places) as JoinableConfig;
  expect(config.joining?.url).toBe('https://10.0.0.2:8784');
  expect(serviceUrl(config)).toBe('https://10.0.0.2:8774');
  expect(takesServiceUrl(config)).toBe(true);
});
