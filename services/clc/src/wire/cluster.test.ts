/* What the cloud asks of clusters, in both dialects, of stand-ins for the originals: real HTTP and signatures. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger, Metrics } from '@mallee/daemon';
import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { createSoapEndpoint, type ServedDialect } from '@mallee/soap-rpc';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import {
  checkForOriginal,
  services,
  type EucalyptusCCTypes_2_0 as Wire20,
  type EucalyptusCCTypes_4_4 as Wire,
  type MessageTable,
} from '@mallee/wsdl-types';
import { componentClients, type ComponentClients } from '../components/clients.js';
import type { ClusterLaunch } from '../components/cluster-port.js';
import type { Speech } from '../components/registry.js';
import { mayPass } from '../lifecycle/reasons.js';
import { toRunInstances as toRunInstances20 } from './2.0/cluster.js';
import { toRunInstances as toRunInstances44 } from './4.4/cluster.js';
import { Enabler, nextStep } from './4.4/enable.js';

const launch: ClusterLaunch = {
  instanceId: 'i-12345678',
  reservationId: 'r-12345678',
  accountId: '123456789012',
  userId: 'admin',
  launchIndex: 0,
  image: { id: 'emi-12345678', url: 'http://w:8773/services/Walrus/b/i.manifest.xml' },
  kernel: { id: 'eki-12345678', url: 'http://w:8773/services/Walrus/b/k.manifest.xml' },
  type: { name: 'm1.small', memory: 128, cores: 1, disk: 2 },
  publicKey: 'ssh-rsa AAAA',
  groupNames: ['default', 'web'],
  groupIds: ['sg-1', 'sg-2'],
  mac: 'd0:0d:12:34:56:78',
  userData: '',
  platform: 'linux',
};

function requestOf(dialect: '2.0' | '4.4', operation: string): MessageTable {
  const found = services.EucalyptusCC[dialect].operations[operation];
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return found.request;
}

describe('the order for an instance', () => {
  test('is one that an original of either dialect reads', () => {
    checkForOriginal(requestOf('2.0', 'RunInstances'), toRunInstances20(launch), '2.0');
    checkForOriginal(requestOf('4.4', 'RunInstances'), toRunInstances44(launch), '4.4');
  });

  test('names image, groups and owner as each dialect has them', () => {
    expect(toRunInstances20(launch)).toMatchObject({ netNames: ['default', 'web'], imageURL: launch.image.url });
    expect(toRunInstances44(launch)).toMatchObject({
      netIds: ['sg-1', 'sg-2'],
      ownerId: 'admin',
      accountId: '123456789012',
      uuids: [expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)],
      instanceType: { virtualBootRecord: [{ type: 'machine', id: 'emi-12345678' }, { type: 'kernel' }] },
    });
  });
});

test('work for a cluster controller that is not enabled yet is tried again, what it cannot read is not', () => {
  expect(mayPass(new MalleeError('Cluster.NotEnabled', 'not yet'))).toBe(true);
  expect(mayPass(new MalleeError('Wire.NotForOriginal', 'never'))).toBe(false);
});

test.each([
  ['LOADED', 'StartService'],
  ['STOPPED', 'StartService'],
  ['DISABLED', 'EnableService'],
  ['ENABLED', 'done'],
  ['NOTREADY', undefined],
  ['anything', undefined],
])('a cluster controller that is %s: %s', (state, step) => {
  expect(nextStep(state)).toBe(step);
});

describe('with a cluster controller at hand', () => {
  let cloud: TestIdentity;
  let cluster: TestIdentity;
  const ends: (() => unknown)[] = [];
  const logger = createLogger({ name: 'test', level: 'silent' });

  beforeAll(async () => {
    [cloud, cluster] = await Promise.all([makeIdentity('cloud'), makeIdentity('cluster')]);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A stand-in for an original cluster controller, and the clients of a cloud that has it registered. */
  async function make(speech: Speech, dialect: ServedDialect): Promise<ComponentClients> {
    const certificatePem = cloud.certificatePem;
    const handler = createSoapEndpoint({
      dialects: [dialect],
      identity: cluster,
      trusted: () => [certificatePem],
      peers: () => [{ certificatePem, ...speech }],
      logger,
      metrics: new Metrics(),
    });
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const row = { type: 'cluster', name: 'cc1', partition: 'one', url, certificate: cluster.certificatePem, ...speech };
    const walrus = { ...row, type: 'walrus', name: 'w', partition: 'eucalyptus', url: 'http://10.0.0.1:8773' };
    const rows = (_sql: string, [type]: readonly unknown[] = []) =>
      Promise.resolve({ rows: [row, walrus].filter((one) => type === null || one.type === type) });
    const clients = componentClients(
      { query: rows } as unknown as Queryable,
      cloud,
      logger,
      5000,
      undefined,
      'http://10.0.0.1:8773',
    );
    ends.push(async () => {
      clients.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
    return clients;
  }

  const serving = (dialect: '2.0' | '4.4', handlers: object): ServedDialect => ({
    service: services.EucalyptusCC[dialect],
    handlers: new Map(Object.entries(handlers) as [string, () => Promise<object>][]),
  });

  test.each(['headers-only', 'body-timestamp'] as const)('a 2.0 original, %s', async (profile) => {
    const seen: Wire20.RunInstancesType[] = [];
    const clients = await make(
      { dialect: '2.0', profile, suite: 'rsa-sha1' },
      serving('2.0', {
        RunInstances: (request: Wire20.RunInstancesType) => {
          seen.push(request);
          return Promise.resolve({ instances: [{ instanceId: 'i-12345678', groupNames: [], volumes: [] }] });
        },
        DescribeResources: ({ instanceTypes }: Wire20.DescribeResourcesType) =>
          Promise.resolve({
            resources: instanceTypes.map((instanceType) => ({ instanceType, maxInstances: 3, availableInstances: 2 })),
            serviceTags: [],
          }),
      }),
    );
    const { cluster: port, extension } = await clients.cluster('one');
    expect(extension).toBeUndefined();
    expect(await port.runInstance(launch)).toMatchObject([{ instanceId: 'i-12345678' }]);
    expect(seen[0]).toMatchObject({ platform: 'linux', keyName: 'ssh-rsa AAAA', imageURL: launch.image.url });
    expect(await port.describeResources([launch.type])).toEqual([{ name: 'm1.small', available: 2, maximum: 3 }]);
    await expect(port.runInstance({ ...launch, publicKey: 'ssh-rsa AAAA für@mich' })).rejects.toMatchObject({
      code: 'Wire.NotForOriginal',
    });
    await expect(port.runInstance({ ...launch, groupNames: ['x'.repeat(32)] })).rejects.toMatchObject({
      code: 'Wire.NotForOriginal',
    });
    expect(seen).toHaveLength(1);
  });

  test('a 4.4 original is told of the services, started and enabled, and then gets work', async () => {
    const calls: string[] = [];
    let state = 'LOADED';
    let told: Wire.DescribeServicesType | undefined;
    const empty = { services: [], disabledServices: [], notreadyServices: [] };
    const to = (name: string, next: string) => () => {
      calls.push(name);
      state = next;
      return Promise.resolve({ ...empty, serviceIds: [], instancesIds: [] });
    };
    const clients = await make(
      { dialect: '4.4', profile: 'body-timestamp', suite: 'rsa-sha1' },
      serving('4.4', {
        DescribeServices: (request: Wire.DescribeServicesType) => {
          calls.push('DescribeServices');
          told = request;
          const [serviceId] = request.serviceIds;
          return Promise.resolve({
            ...empty,
            serviceStatuses: [{ serviceId, localState: state, localEpoch: 1, details: [] }],
          });
        },
        StartService: to('StartService', 'DISABLED'),
        EnableService: to('EnableService', 'ENABLED'),
        DescribeInstances: () => {
          calls.push('DescribeInstances');
          if (state !== 'ENABLED') return Promise.reject(new MalleeError('Cluster.NotEnabled', 'not enabled'));
          const instance = { instanceId: 'i-12345678', stateName: 'Extant', groupNames: [], volumes: [] };
          return Promise.resolve({ ...empty, instances: [{ ...instance, secondaryNetConfig: [] }] });
        },
      }),
    );
    const { cluster: port } = await clients.cluster('one');
    expect(await port.describeInstances()).toMatchObject([{ instanceId: 'i-12345678', stateName: 'Extant' }]);
    const enabling = ['DescribeServices', 'StartService', 'DescribeServices', 'EnableService', 'DescribeServices'];
    expect(calls).toEqual([...enabling, 'DescribeInstances']);
    expect(told?.epoch).toBe(1);
    expect(told?.serviceIds).toMatchObject([{ partition: 'one', type: 'cluster', name: 'cc1' }]);
    expect(told?.services.map(({ type, uris }) => [type, uris[0]])).toEqual([
      ['eucalyptus', 'http://10.0.0.1:8773/services/Eucalyptus'],
      ['cluster', told?.serviceIds[0]?.uris[0]],
      ['objectstorage', 'http://10.0.0.1:8773/services/Walrus'],
    ]);
    await port.describeInstances();
    expect(calls.slice(6)).toEqual(['DescribeInstances']);
    // It was restarted: its refusal makes the cloud ask again.
    state = 'LOADED';
    await expect(port.describeInstances()).rejects.toMatchObject({ code: 'Wire.PeerFault' });
    expect(await port.describeInstances()).toHaveLength(1);
    expect(state).toBe('ENABLED');
  });

  test('a cluster controller that does not become ENABLED gets no work', async () => {
    const status = (localState: string, name = 'cc1') =>
      Promise.resolve({
        serviceStatuses: [
          { serviceId: { type: 'cluster', name, uris: [] }, localState, localEpoch: 1, details: ['why'] },
        ],
      });
    const replies = { DescribeServices: (): Promise<object> => status('NOTREADY') };
    const calls = {
      call: (name: string) => (name === 'DescribeServices' ? replies.DescribeServices() : Promise.resolve({})),
    };
    const self = { type: 'cluster', name: 'cc1', uris: [] };
    const enabler = new Enabler(calls as unknown as ConstructorParameters<typeof Enabler>[0], () =>
      Promise.resolve({ self, all: [self] }),
    );
    const refused = (text: string) =>
      expect.objectContaining({ code: 'Cluster.NotEnabled', message: expect.stringContaining(text) });
    await expect(enabler.ensure(undefined)).rejects.toEqual(refused('stays NOTREADY: why'));
    replies.DescribeServices = () => status('DISABLED');
    await expect(enabler.ensure(undefined)).rejects.toEqual(refused('stays DISABLED'));
    replies.DescribeServices = () => status('ENABLED', 'another');
    await expect(enabler.ensure(undefined)).rejects.toEqual(refused('says nothing of its own state'));
    replies.DescribeServices = () => status('ENABLED', 'self');
    await enabler.ensure(undefined);
  });
});
