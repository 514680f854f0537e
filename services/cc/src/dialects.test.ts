/* The cluster controller between cloud controllers and nodes of both dialects: real Postgres, Redis, HTTP and signatures. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { servedOperations, SoapClient, type ServedDialect } from '@mallee/soap-rpc';
import {
  scratchDirectory,
  startTestPostgres,
  startTestRedis,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import {
  services,
  type Dialect,
  type EucalyptusCCOperations_2_0,
  type EucalyptusCCOperations_4_4,
  type EucalyptusCCTypes_4_4 as Wire,
  type EucalyptusGLOperations_4_4,
  type MessageTable,
  type TypeTable,
} from '@mallee/wsdl-types';
import type { Cluster } from './cluster.js';
import { clusterDialects, keyDialects } from './soap.js';
import { makeKeys } from './test-support/keys.js';
import { OriginalNode, type OriginalNodeOptions } from './test-support/original-node.js';
import { SimulatedNode } from './test-support/simulated-node.js';
import {
  runRequest,
  SimulatedCloud,
  TestCluster,
  testConfig,
  until,
  type Overrides,
  type Surroundings,
} from './test-support/test-cluster.js';

let scratch: ScratchDirectory;
let postgres: TestService;
let redis: TestService;
let around: Surroundings;
let cloud: SimulatedCloud;
const ends: (() => unknown)[] = [];
let count = 0;

beforeAll(async () => {
  scratch = scratchDirectory();
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  const keys = await makeKeys(scratch.path);
  around = { directory: scratch.path, keys, databaseUrl: postgres.url, queueUrl: redis.url };
  cloud = new SimulatedCloud();
  await cloud.up(keys);
}, 120_000);

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

afterAll(async () => {
  cloud.down();
  await Promise.all([postgres.stop(), redis.stop()]);
  scratch.remove();
});

async function start(urls: readonly string[], overrides: Overrides = {}): Promise<TestCluster> {
  count += 1;
  const name = `Dialect${String(count)}`;
  const cluster = new TestCluster(
    around,
    testConfig(around, urls, { cluster: name, cloudUrl: cloud.url, ...overrides }),
  );
  await cluster.start();
  ends.push(() => cluster.stop());
  const nodes = overrides.nodes?.length ?? urls.length;
  await until('all nodes are up', async () => {
    return (await cluster.query(`select from node where state = 'up'`)).length === nodes;
  });
  return cluster;
}

/** A cloud controller's client in a dialect; the cluster controller is told which by `cloudSpeaks`. */
function cloudClient<Ops>(cluster: TestCluster, dialect: Dialect): SoapClient<Ops> {
  const service = services.EucalyptusCC[dialect];
  const client = new SoapClient<Ops>({
    service,
    url: cluster.origin + service.path,
    identity: around.keys.cloud,
    peerCertificates: [around.keys.cluster.certificatePem],
  });
  ends.push(() => client.close());
  return client;
}

function cloudSpeaks(dialect: Dialect): Overrides {
  const certificate = join(around.directory, 'cloud.pem');
  return { peers: [{ certificate, dialect, profile: 'body-timestamp' }] };
}

/** The least that a message of a type must have. */
function leastOf(type: TypeTable): Record<string, unknown> {
  const EMPTY = {
    string: '',
    int: 0,
    long: 0,
    boolean: false,
    double: 0,
    dateTime: '2026-01-01T00:00:00Z',
    base64: '',
  };
  return Object.fromEntries(
    type.fields
      .filter(({ min }) => min > 0)
      .map((field) => {
        const value = typeof field.type === 'string' ? EMPTY[field.type] : leastOf(field.type);
        return [field.name, field.max > 1 ? [value] : value];
      }),
  );
}

const noServices = { services: [], disabledServices: [], notreadyServices: [] };
const head = { userId: 'eucalyptus', ...noServices };
const self = {
  partition: 'one',
  type: 'cluster',
  name: 'cc1',
  uris: ['http://10.0.0.1:8774/axis2/services/EucalyptusCC'],
};
const notEnabled = expect.objectContaining({
  code: 'Wire.PeerFault',
  details: expect.objectContaining({ peerCode: 'Cluster.NotEnabled' }),
});

describe('every operation of both dialects', () => {
  const all: readonly ServedDialect[] = [clusterDialects, keyDialects].flatMap((make) => make({} as Cluster));

  test('has an entry', () => {
    expect(all.map(({ service }) => `${service.name} ${service.dialect}`)).toEqual([
      'EucalyptusCC 2.0',
      'EucalyptusCC 4.4',
      'EucalyptusGL 2.0',
      'EucalyptusGL 4.4',
    ]);
    for (const dialect of all) {
      const served = servedOperations(dialect);
      expect(served.map(({ name }) => name).sort()).toEqual(Object.keys(dialect.service.operations).sort());
      expect(served.filter(({ notSupported }) => notSupported === 'not offered by this daemon')).toEqual([]);
    }
  });

  test('that is not supported answers return=false, signed, and says why', async () => {
    const node = new SimulatedNode(around.keys);
    await node.up();
    ends.push(() => node.down());
    for (const dialect of ['2.0', '4.4'] as const) {
      const cluster = await start([node.url], cloudSpeaks(dialect));
      const client = cloudClient<Record<string, { request: object; response: object }>>(cluster, dialect);
      const offered = all.find(({ service }) => service === services.EucalyptusCC[dialect]);
      const unsupported = offered === undefined ? [] : servedOperations(offered).filter((one) => one.notSupported);
      expect(unsupported.length).toBeGreaterThan(6);
      for (const { name, notSupported } of unsupported) {
        const table = offered?.service.operations[name]?.request as MessageTable;
        await expect(client.call(name, leastOf(table.type))).rejects.toMatchObject({
          code: 'Wire.PeerFault',
          details: {
            peerCode: 'Wire.OperationNotSupported',
            peerMessage: expect.stringContaining(notSupported ?? ''),
            response: { return: false },
          },
        });
      }
    }
  });
});

describe('a 4.4 cloud controller', () => {
  test('starts and enables the cluster controller before it works with it', async () => {
    const node = new SimulatedNode(around.keys);
    await node.up();
    ends.push(() => node.down());
    const cluster = await start([node.url], { ...cloudSpeaks('4.4'), enableItself: false });
    const cc = cloudClient<EucalyptusCCOperations_4_4>(cluster, '4.4');
    const types = [{ name: 'm1.small', memory: 128, cores: 1, disk: 2, virtualBootRecord: [] }];
    const describe = (epoch: number): Promise<Wire.DescribeServicesResponseType> =>
      cc.call('DescribeServices', { ...head, epoch, services: [self], serviceIds: [self] });

    expect((await describe(3)).serviceStatuses).toMatchObject([
      { serviceId: self, localState: 'LOADED', localEpoch: 3 },
      { serviceId: { type: 'node', name: '127.0.0.1', uris: [node.url] }, localState: 'ENABLED' },
    ]);
    await expect(cc.call('DescribeResources', { ...head, instanceTypes: types })).rejects.toEqual(notEnabled);
    await expect(cc.call('DescribeInstances', { ...head, instanceIds: [] })).rejects.toEqual(notEnabled);
    const change = { ...head, epoch: 3, serviceIds: [self], instancesIds: [] };
    await cc.call('StartService', change);
    expect((await describe(3)).serviceStatuses[0]?.localState).toBe('DISABLED');
    await expect(cc.call('StopNetwork', { ...head, vlan: 1 })).rejects.toEqual(notEnabled);
    await cc.call('EnableService', change);
    expect((await describe(4)).serviceStatuses[0]).toMatchObject({ localState: 'ENABLED', localEpoch: 4 });

    const resources = await cc.call('DescribeResources', { ...head, instanceTypes: types });
    expect(resources).toMatchObject({ serviceTags: [node.url], nodes: [{ serviceTag: node.url }] });
    expect(resources.resources).toMatchObject([{ maxInstances: 4, availableInstances: 4 }]);
    const networks = await cc.call('DescribeNetworks', { ...head, clusterControllers: [] });
    expect(networks).toMatchObject({ useVlans: 0, mode: 'STATIC', addrsPerNet: 256 });
    const sensors = await cc.call('DescribeSensors', { ...head, historySize: 5, instanceIds: [], sensorIds: [] });
    expect(sensors).toMatchObject({ return: true, sensorsResources: [] });

    await cc.call('DisableService', change);
    await expect(cc.call('DescribeInstances', { ...head, instanceIds: [] })).rejects.toEqual(notEnabled);
    await cc.call('EnableService', change);
    await cc.call('ShutdownService', change);
    expect((await describe(5)).serviceStatuses[0]?.localState).toBe('NOTREADY');
    await expect(cc.call('EnableService', change)).rejects.toEqual(notEnabled);
  });

  test('launches, lists, and ends an instance on a node of ours', async () => {
    const node = new SimulatedNode(around.keys);
    await node.up();
    ends.push(() => node.down());
    const cluster = await start([node.url], cloudSpeaks('4.4'));
    const cc = cloudClient<EucalyptusCCOperations_4_4>(cluster, '4.4');
    const store = { type: 'objectstorage', name: 'osg', uris: ['http://127.0.0.1:8776/services/Walrus'] };
    const machine = {
      resourceLocation: 'objectstorage://images/tiny.manifest.xml',
      guestDeviceName: 'sda1',
      size: 1024,
      format: 'none',
      id: 'emi-12345678',
      type: 'machine',
    };
    const { instances } = await cc.call('RunInstances', {
      ...head,
      epoch: 1,
      services: [store],
      ownerId: 'owner',
      accountId: '123456789012',
      instanceType: { name: 'm1.small', memory: 128, cores: 1, disk: 2, virtualBootRecord: [machine] },
      keyName: 'ssh-rsa AAAA',
      minCount: 1,
      maxCount: 1,
      reservationId: 'r-00000001',
      instanceIds: ['i-00000001'],
      uuids: ['5a5a5a5a-0000-4000-8000-000000000001'],
      netNames: ['default'],
      netIds: ['sg-00000001'],
      macAddresses: ['d0:0d:00:00:00:01'],
      networkIndexList: [],
      privateIps: [],
      vlan: -1,
      userData: '',
      credential: '',
      launchIndex: '0',
      secondaryNetConfig: [],
    });
    expect(instances).toMatchObject([
      {
        uuid: '5a5a5a5a-0000-4000-8000-000000000001',
        instanceId: 'i-00000001',
        ownerId: 'owner',
        accountId: '123456789012',
        stateName: 'Pending',
        netParams: { interfaceId: 'i-00000001', device: 0, privateIp: '10.9.0.2' },
      },
    ]);
    await until('the node has it', () => node.instances.get('i-00000001'));
    expect(node.instances.get('i-00000001')).toMatchObject({ userId: 'owner', imageId: 'emi-12345678' });
    const [row] = await cluster.query<{ url: string }>('select image_url as url from instance');
    expect(row?.url).toBe('http://127.0.0.1:8776/services/Walrus/images/tiny.manifest.xml');
    const listed = await cc.call('DescribeInstances', { ...head, instanceIds: [] });
    expect(listed.instances[0]?.instanceType?.virtualBootRecord).toMatchObject([{ type: 'machine' }]);
    const ended = await cc.call('TerminateInstances', { ...head, instanceIds: ['i-00000001'] });
    expect(ended.isTerminated).toEqual([true]);
  });

  test('gets the certificates without a signature, in its dialect, and nothing else without one', async () => {
    const cluster = await start([]);
    const service = services.EucalyptusGL['4.4'];
    const common = { identity: around.keys.cloud, peerCertificates: [], signed: false };
    const gl = new SoapClient<EucalyptusGLOperations_4_4>({ ...common, service, url: cluster.origin + service.path });
    const cc = new SoapClient<EucalyptusCCOperations_4_4>({
      ...common,
      service: services.EucalyptusCC['4.4'],
      url: cluster.origin + services.EucalyptusCC['4.4'].path,
    });
    ends.push(
      () => gl.close(),
      () => cc.close(),
    );
    const keys = await gl.call('GetKeys', { userId: 'eucalyptus', epoch: 1, services: [], serviceTag: 'self' });
    expect(Buffer.from(keys.CCcert ?? '', 'base64').toString()).toBe(around.keys.cluster.certificatePem);
    expect(Buffer.from(keys.NCcert ?? '', 'base64').toString()).toBe(around.keys.node.certificatePem);
    expect(keys.return).toBe(true);
    await expect(cc.call('DescribeServices', { ...head, serviceIds: [] })).rejects.toMatchObject({
      details: { peerCode: 'Wire.NotSigned' },
    });
  });
});

describe('a 2.0 cloud controller', () => {
  test('needs nothing enabled, and sees bundle tasks of the cache', async () => {
    const node = new SimulatedNode(around.keys);
    await node.up();
    ends.push(() => node.down());
    const cluster = await start([node.url], { ...cloudSpeaks('2.0'), enableItself: false });
    const cc = cloudClient<EucalyptusCCOperations_2_0>(cluster, '2.0');
    await cluster.run('i-00000002');
    const { bundleTasks } = await cc.call('DescribeBundleTasks', { instanceIds: [] });
    expect(bundleTasks).toEqual([{ instanceId: 'i-00000002', state: 'none' }]);
    const networks = await cc.call('DescribeNetworks', { clusterControllers: [] });
    expect(networks.mode).toBe(0);
    await expect(cc.call('DescribePublicAddresses', {})).rejects.toMatchObject({
      details: { response: { return: false, statusMessage: 'NOTSUPPORTED' } },
    });
  });
});

describe('an original node', () => {
  const kinds: readonly OriginalNodeOptions[] = [
    { dialect: '2.0', profile: 'headers-only' },
    { dialect: '2.0', profile: 'body-timestamp' },
    { dialect: '4.4', profile: 'body-timestamp' },
  ];
  test.each(kinds)('$dialect $profile runs an instance from launch to end, one request at a time', async (kind) => {
    const node = new OriginalNode(around.keys, kind);
    await node.up();
    ends.push(() => node.down());
    const cluster = await start([], { nodes: [{ url: node.url, ...kind, suite: 'rsa-sha1' }] });
    await cluster.run('i-0000000a');
    const extant = async () => (await cluster.instance('i-0000000a'))?.stateName === 'Extant';
    await until('it is Extant', extant);
    const order = node.stored.get('i-0000000a')?.order;
    expect(order).toMatchObject({
      userId: 'admin',
      imageURL: expect.stringContaining('tiny.manifest.xml'),
      instanceType: { name: 'm1.small' },
      netParams: { privateIp: '10.9.0.2', vlan: -1, networkIndex: 2 },
    });
    if (kind.dialect === '4.4') {
      expect(order).toMatchObject({ ownerId: 'admin', netParams: { interfaceId: 'i-0000000a', device: 0 } });
      const [row] = await cluster.query('select hypervisor, iqn from node');
      expect(row).toEqual({ hypervisor: 'kvm', iqn: 'iqn.2026-01.test' });
    }
    const cc = cloudClient<EucalyptusCCOperations_2_0>(cluster, '2.0');
    const ask = () => cc.call('GetConsoleOutput', { instanceId: 'i-0000000a' });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ consoleOutput }) => consoleOutput)).toEqual(['b2xk', 'b2xk', 'b2xk']);
    await cc.call('RebootInstances', { instanceIds: ['i-0000000a'] });
    await cc.call('TerminateInstances', { instanceIds: ['i-0000000a'] });
    await until('it has ended', async () => (await cluster.instance('i-0000000a'))?.stateName === 'Teardown');
    expect(node.mostAtOnce).toBe(1);
    expect([...node.nodeNames]).toEqual(['127.0.0.1']);
  });

  test('does not get what it cannot read', async () => {
    const node = new OriginalNode(around.keys, { dialect: '2.0', profile: 'headers-only' });
    await node.up();
    ends.push(() => node.down());
    const cluster = await start([], {
      nodes: [{ url: node.url, dialect: '2.0', profile: 'headers-only', suite: 'rsa-sha1' }],
      timings: { launchWindowSeconds: 2 },
    });
    await cluster.clients.cc.call('RunInstances', runRequest('i-0000000b', { keyName: 'ssh-rsa AAAA für@mich' }));
    await until('it has failed', async () => (await cluster.instance('i-0000000b'))?.stateName === 'Teardown');
    expect(await cluster.details('i-0000000b')).toMatchObject({
      reasonCode: 'Cluster.LaunchTimeout',
      reasonMessage: expect.stringContaining('ncRunInstance/keyName: an original peer reads ASCII only'),
    });
    expect(node.calls).not.toContain('ncRunInstance');
  });
});
