import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { renderConfigs } from './configs.js';
import { configure, type ConfigureWishes, planHosts } from './configure.js';
import { assignHosts } from './hosts.js';
import { sitesOf, trustOf } from './plan.js';

const wishes: ConfigureWishes = {
  zone: 'one',
  network: { mode: 'bridge', subnet: '10.70.0.0/24' },
  scheduler: 'GREEDY',
  metadataPort: 8778,
  installDirectory: '/etc/mallee/{daemon}',
  stateDirectory: '/var/lib/mallee/{name}',
};
const facts = {
  backends: { databaseUrl: 'postgres://db/mallee', queueUrl: 'redis://db', libvirtUri: 'qemu:///system' },
  domainType: 'auto',
};
const front = ['clc=10.0.0.1', 'walrus=10.0.0.1', 'sc=10.0.0.2', 'cc=10.0.0.2'];

describe('configuration of any number of nodes', () => {
  const nodeLists = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 9 });

  it('names every node and every certificate once, below the folder of the daemon that reads it', () => {
    fc.assert(
      fc.property(nodeLists, (addresses) => {
        const plan = planHosts(assignHosts([...front, ...addresses.map((host) => `nc=${host}:9000`)], []), wishes);
        const configs = renderConfigs(plan, facts);
        expect(Object.keys(configs)).toEqual(sitesOf(plan).map(({ name }) => name));
        const cc = configs['cc'] as { nodes: { url: string; certificate: string }[]; trust: { node: string[] } };
        expect(cc.nodes.map(({ url }) => new URL(url).host)).toEqual(addresses.map((host) => `${host}:9000`));
        expect(cc.nodes.map(({ certificate }) => certificate)).toEqual(cc.trust.node);
        expect(new Set(cc.trust.node).size).toBe(addresses.length);
        for (const site of sitesOf(plan)) {
          const folder = `/etc/mallee/${site.daemon}/`;
          const paths = [...JSON.stringify(configs[site.name]).matchAll(/"(\/[^"]*\.pem)"/g)].map((match) => match[1]!);
          expect(paths.filter((path) => !path.startsWith(folder))).toEqual([]);
          const trusted = new Set(Object.values(trustOf(plan, site)).flat());
          const read = paths.filter((path) => path.startsWith(`${folder}trust/`));
          expect(new Set(read)).toEqual(new Set([...trusted].map((name) => `${folder}trust/${name}-cert.pem`)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('listens on the own address, on every address for a host name, or where it is told, and is called by one', () => {
    const listen = (more: object, host: string): unknown => {
      const plan = planHosts(assignHosts([...front, `nc=${host}`], []), { ...wishes, ...more });
      return (renderConfigs(plan, facts)['nc-1'] as { listen: unknown }).listen;
    };
    expect(listen({}, '10.0.0.3')).toEqual({
      host: '10.0.0.3',
      port: 8775,
      addresses: ['http://10.0.0.3:8775'],
    });
    expect(listen({}, 'node1')).toMatchObject({ host: '0.0.0.0', addresses: ['http://node1:8775'] });
    expect(listen({ listen: '192.0.2.1' }, 'node1')).toMatchObject({
      host: '192.0.2.1',
      addresses: ['http://node1:8775'],
    });
  });
});

describe('configure', () => {
  let scratch: ScratchDirectory;
  beforeEach(() => {
    scratch = scratchDirectory();
  });
  afterEach(() => scratch.remove());

  const read = (...path: string[]): string => readFileSync(join(scratch.path, ...path), 'utf8');
  const trust = (name: string): string[] => readdirSync(join(scratch.path, name, 'trust')).sort();

  it('writes folders with own keys and the trusted certificates; a second run keeps every key', async () => {
    await configure(scratch.path, [...front, 'nc=10.0.0.3'], wishes, facts);
    const key = read('nc-1', 'keys', 'nc-1-pk.pem');
    expect(trust('cc')).toEqual(['clc-cert.pem', 'nc-1-cert.pem']);
    await configure(scratch.path, [...front, 'nc=10.0.0.4', 'nc=10.0.0.3'], wishes, facts);
    expect(read('nc-1', 'keys', 'nc-1-pk.pem')).toBe(key);
    expect(read('nc-2', 'keys', 'nc-2-pk.pem')).not.toBe(key);
    expect(trust('walrus')).toEqual(['clc-cert.pem', 'nc-1-cert.pem', 'nc-2-cert.pem']);
    expect(read('walrus', 'trust', 'nc-2-cert.pem')).toBe(read('nc-2', 'keys', 'nc-2-cert.pem'));
    expect(new X509Certificate(read('nc-2', 'keys', 'nc-2-cert.pem')).subject).toMatch(/CN=node-one-2/);
    for (const file of ['nc-1/keys/nc-1-pk.pem', 'clc/config.json']) {
      expect(statSync(join(scratch.path, file)).mode & 0o777).toBe(0o600);
    }
  }, 60_000);

  it('takes trust from a node that is left out', async () => {
    await configure(scratch.path, [...front, 'nc=10.0.0.3', 'nc=10.0.0.4'], wishes, facts);
    await configure(scratch.path, [...front, 'nc=10.0.0.4'], wishes, facts);
    expect(trust('cc')).toEqual(['clc-cert.pem', 'nc-2-cert.pem']);
    expect(trust('walrus')).toEqual(['clc-cert.pem', 'nc-2-cert.pem']);
  }, 60_000);

  it('refuses another zone and wrong hosts, and then writes nothing', async () => {
    await expect(configure(scratch.path, front, wishes, facts)).rejects.toMatchObject({
      code: 'InvalidParameterValue',
    });
    expect(existsSync(join(scratch.path, 'hosts.json'))).toBe(false);
    await configure(scratch.path, [...front, 'nc=10.0.0.3'], wishes, facts);
    const other = configure(scratch.path, [...front, 'nc=10.0.0.3'], { ...wishes, zone: 'two' }, facts);
    await expect(other).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  }, 60_000);
});
