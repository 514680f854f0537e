/* The cluster controller against simulated nodes: real Postgres, Redis, HTTP and signatures. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import {
  scratchDirectory,
  startTestPostgres,
  startTestRedis,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { makeKeys } from './test-support/keys.js';
import { SimulatedNode, type NodeSize } from './test-support/simulated-node.js';
import {
  cloudClients,
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
const nodes: SimulatedNode[] = [];
const clusters: TestCluster[] = [];
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
  for (const cluster of clusters.splice(0)) await cluster.stop();
  for (const node of nodes.splice(0)) await node.down();
});

afterAll(async () => {
  cloud.down();
  await Promise.all([postgres.stop(), redis.stop()]);
  scratch.remove();
});

async function makeNodes(number: number, size?: NodeSize): Promise<SimulatedNode[]> {
  const made = Array.from({ length: number }, () => new SimulatedNode(around.keys, size));
  for (const node of made) await node.up();
  nodes.push(...made);
  return made;
}

/** A cluster of its own for each test, with all nodes up. */
async function makeCluster(of: readonly SimulatedNode[], overrides: Overrides = {}): Promise<TestCluster> {
  count += 1;
  const name = `Test${String(count)}`;
  const urls = of.map((node) => node.url);
  const cluster = new TestCluster(
    around,
    testConfig(around, urls, { cluster: name, cloudUrl: cloud.url, ...overrides }),
  );
  await cluster.start();
  clusters.push(cluster);
  await until('all nodes are up', async () => {
    const up = await cluster.query(`select from node where state = 'up'`);
    return up.length === of.length;
  });
  return cluster;
}

describe('a launch', () => {
  test('goes to a node with its address, becomes Extant, and ends on request', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    const answer = await cluster.run('i-00000001');
    const net = { privateMacAddress: 'd0:0d:00:00:00:01', privateIp: '10.9.0.2', publicIp: '0.0.0.0' };
    expect(answer.instances).toMatchObject([
      {
        instanceId: 'i-00000001',
        stateName: 'Pending',
        serviceTag: node.url,
        netParams: { ...net, networkIndex: 2, vlan: -1 },
      },
    ]);
    const given = await until('the node has it', () => node.instances.get('i-00000001'));
    expect(given).toMatchObject({ netParams: net, userId: 'admin', userData: 'aGVsbG8=', groupNames: ['default'] });
    expect(cluster.network.state?.hosts).toMatchObject([{ ip: '10.9.0.2', mac: 'd0:0d:00:00:00:01' }]);

    node.setState('i-00000001', 'Extant');
    await until('it is Extant', async () => (await cluster.instance('i-00000001'))?.stateName === 'Extant');
    expect(await cluster.availableCores()).toBe(3);
    const console = await cluster.clients.cc.call('GetConsoleOutput', { instanceId: 'i-00000001' });
    expect(Buffer.from(console.consoleOutput ?? '', 'base64').toString()).toBe('console of i-00000001');
    await cluster.clients.cc.call('RebootInstances', { instanceIds: ['i-00000001'] });

    const ended = await cluster.clients.cc.call('TerminateInstances', { instanceIds: ['i-00000001', 'i-0000dead'] });
    expect(ended.isTerminated).toEqual([true, false]);
    await until('it has ended', async () => (await cluster.instance('i-00000001'))?.stateName === 'Teardown');
    expect(await cluster.query('select from address')).toEqual([]);
    expect(cloud.hints.flat()).toContain('i-00000001');
  });

  test('asked for twice is one instance', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    const [first, second] = await Promise.all([cluster.run('i-00000002'), cluster.run('i-00000002')]);
    expect(second.instances[0]?.netParams).toEqual(first.instances[0]?.netParams);
    await until('the node has it', () => node.instances.has('i-00000002'));
    await cluster.run('i-00000002');
    expect(node.runs).toEqual(['i-00000002']);
  });

  test('refused by one node goes to the next', async () => {
    const [first, second] = (await makeNodes(2)) as [SimulatedNode, SimulatedNode];
    first.refusal = new MalleeError('Node.InsufficientResources', 'disk is full');
    const cluster = await makeCluster([first, second]);
    await cluster.run('i-00000003');
    await until('the second node has it', () => second.instances.has('i-00000003'));
    expect(first.runs).toEqual(['i-00000003']);
    await until('it is reported there', async () => (await cluster.instance('i-00000003'))?.serviceTag === second.url);
  });

  test('that no node takes ends with the answer of each node, and leaves nothing behind', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    node.refusal = new MalleeError('Node.DiskFailed', 'no space left');
    const cluster = await makeCluster([node], { timings: { launchWindowSeconds: 2 } });
    await cluster.run('i-00000004');
    await until('it has ended', async () => (await cluster.instance('i-00000004'))?.stateName === 'Teardown');
    const details = await cluster.details('i-00000004');
    expect(details).toMatchObject({ stateName: 'Teardown', reasonCode: 'Cluster.LaunchTimeout' });
    expect(details?.reasonMessage).toContain('Node.DiskFailed: no space left');
    expect(await cluster.query('select from address')).toEqual([]);
    expect(await cluster.query('select from reservation')).toEqual([]);
  });

  test('whose answer is lost is found on its node, not started again elsewhere', async () => {
    const [first, second] = (await makeNodes(2)) as [SimulatedNode, SimulatedNode];
    first.runDelayMs = 60_000;
    const cluster = await makeCluster([first, second], { timings: { perNodeTimeoutSeconds: 1 } });
    await cluster.run('i-00000005');
    await until('it is accepted', async () => {
      const rows = await cluster.query<{ node_url: string }>(
        `select node_url from instance where node_call = 'accepted'`,
      );
      return rows[0]?.node_url === first.url;
    });
    expect(first.runs).toEqual(['i-00000005']);
    expect(second.runs).toEqual([]);
  });

  test('that its node carries out too late is ended there: it runs once', async () => {
    const [first, second] = (await makeNodes(2)) as [SimulatedNode, SimulatedNode];
    first.runLateMs = 6000;
    const cluster = await makeCluster([first, second], { timings: { perNodeTimeoutSeconds: 1 } });
    await cluster.run('i-00000009');
    await until('the second node has it', () => second.instances.has('i-00000009'));
    await until('the first one was told to end it', () => first.terminations.includes('i-00000009'));
    expect(second.terminations).toEqual([]);
    expect((await cluster.instance('i-00000009'))?.serviceTag).toBe(second.url);
  });

  test('whose node falls silent ends with that reason; its address is held until the node says that it has not got it', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    node.onOrder = (moment) => {
      if (moment === 'has-run') void node.down();
    };
    node.runDelayMs = 1000;
    const cluster = await makeCluster([node], { timings: { launchWindowSeconds: 4 } });
    await cluster.run('i-0000000a');
    await until('it has ended', async () => (await cluster.instance('i-0000000a'))?.stateName === 'Teardown');
    expect(await cluster.details('i-0000000a')).toMatchObject({ reasonCode: 'Cluster.NodeUnreachable' });
    expect(await cluster.query('select state from address')).toEqual([{ state: 'releasing' }]);
    await node.up();
    await until('the node was told to end it', () => node.terminations.includes('i-0000000a'));
    await until('its address is free', async () => (await cluster.query('select from address')).length === 0);
  });

  test('goes to the other node when the chosen one died unnoticed', async () => {
    const [first, second] = (await makeNodes(2)) as [SimulatedNode, SimulatedNode];
    const cluster = await makeCluster([first, second], { timings: { pollSeconds: 30 } });
    await first.down();
    await cluster.run('i-00000006');
    await until('the second node has it', () => second.instances.has('i-00000006'));
  });

  test('that fails on the node gives the reason of the node', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    await cluster.run('i-00000007');
    await until('the node has it', () => node.instances.has('i-00000007'));
    node.fail('i-00000007', 'Node.ImageCorrupt', 'digest of part 3');
    await until('it has ended', async () => (await cluster.instance('i-00000007'))?.stateName === 'Teardown');
    expect(await cluster.details('i-00000007')).toMatchObject({
      reasonCode: 'Node.ImageCorrupt',
      reasonMessage: 'digest of part 3',
    });
  });

  test('whose job was lost does not stay Pending for ever', async () => {
    const cluster = await makeCluster(await makeNodes(1));
    await cluster.query(
      `insert into instance (id, reservation_id, user_id, vm_type, mac, state, launch_deadline)
       values ('i-0000000b', 'r-1', 'admin', '{"name":"t","memory":1,"cores":1,"disk":1,"deviceMapping":[]}',
               'd0:0d:00:00:00:0B', 'Pending', now() - interval '1 hour')`,
    );
    await until('it has ended', async () => (await cluster.instance('i-0000000b'))?.stateName === 'Teardown');
    expect(await cluster.details('i-0000000b')).toMatchObject({ reasonCode: 'Cluster.LaunchTimeout' });
  });

  test('can be ended before any node has it', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    node.refusal = new MalleeError('Node.DiskFailed', 'no space left');
    const cluster = await makeCluster([node]);
    await cluster.run('i-00000008');
    await until('the node was asked', () => node.runs.length > 0);
    await cluster.clients.cc.call('TerminateInstances', { instanceIds: ['i-00000008'] });
    await until('it has ended', async () => (await cluster.instance('i-00000008'))?.stateName === 'Teardown');
    expect(await cluster.query('select from address')).toEqual([]);
  });
});

describe('capacity', () => {
  test('is never given out twice, also while polls go on; too little is refused with what each node has', async () => {
    const two = await makeNodes(2, { cores: 2, memory: 4096, disk: 100 });
    const cluster = await makeCluster(two, { scheduler: 'ROUNDROBIN' });
    const ids = Array.from({ length: 8 }, (_v, i) => `i-000001${String(i).padStart(2, '0')}`);
    const results = await Promise.allSettled(ids.map((id) => cluster.run(id)));
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(4);
    const refused = results.find((one) => one.status === 'rejected');
    const { details } = refused?.reason as MalleeError;
    expect(details).toMatchObject({ peerCode: 'Cluster.NoCapacity' });
    expect(details['peerMessage']).toContain(`${two[0]?.url ?? '?'}: cores 0 free`);
    await until('all are on nodes', () => two.every((node) => node.instances.size === 2));
    await until('the ledger is empty', async () => (await cluster.query('select from reservation')).length === 0);
    expect(await cluster.availableCores()).toBe(0);
    await expect(cluster.run('i-00000199')).rejects.toMatchObject({ details: { peerCode: 'Cluster.NoCapacity' } });
  });

  test('for fewer than minCount keeps nothing; for fewer than maxCount gives what there is', async () => {
    const [node] = (await makeNodes(1, { cores: 2, memory: 4096, disk: 100 })) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    const instanceIds = ['i-00000201', 'i-00000202', 'i-00000203'];
    await expect(cluster.run('', { instanceIds, minCount: 3, maxCount: 3 })).rejects.toMatchObject({
      details: { peerCode: 'Cluster.NoCapacity' },
    });
    expect(await cluster.query('select from instance')).toEqual([]);
    expect(await cluster.query('select from address')).toEqual([]);
    const { instances } = await cluster.run('', { instanceIds, minCount: 1, maxCount: 3 });
    expect(instances.map((one) => [one.instanceId, one.launchIndex])).toEqual([
      ['i-00000201', '0'],
      ['i-00000202', '1'],
    ]);
  });

  test('of addresses is limited too', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node], { network: { subnet: '10.9.0.0/30' } });
    await cluster.run('i-00000301');
    await expect(cluster.run('i-00000302')).rejects.toMatchObject({ details: { peerCode: 'Cluster.NoAddress' } });
  });

  test('without a node that answers is Cluster.NoNodes, with the reason', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    await node.down();
    await until('it is down', async () => (await cluster.query(`select from node where state = 'down'`)).length === 1);
    await expect(cluster.run('i-00000303')).rejects.toMatchObject({
      details: { peerCode: 'Cluster.NoNodes', peerMessage: expect.stringContaining('Wire.PeerUnreachable') },
    });
    const { serviceTags } = await cluster.clients.cc.call('DescribeResources', {
      instanceTypes: [{ name: 'm1.small', memory: 1, cores: 1, disk: 1, deviceMapping: [] }],
    });
    expect(serviceTags).toEqual([node.url]);
  });

  test.each([
    ['a type without memory', { instanceType: { name: 'x', cores: 1, disk: 1, deviceMapping: [] } }],
    ['minCount 0', { minCount: 0 }],
    ['fewer ids than maxCount', { maxCount: 2 }],
    ['the same id twice', { maxCount: 2, instanceIds: ['i-00000304', 'i-00000304'] }],
    ['an id of another shape', { instanceIds: ['i-123'] }],
  ])('%s is refused', async (_name, more) => {
    const cluster = await makeCluster([]);
    await expect(cluster.run('i-00000304', more)).rejects.toMatchObject({ code: 'Wire.PeerFault' });
  });
});

describe('a node', () => {
  test('that does not answer keeps its instances, and the reason says so', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    await cluster.run('i-00000401');
    await until('the node has it', () => node.instances.has('i-00000401'));
    node.setState('i-00000401', 'Extant');
    await until('it is Extant', async () => (await cluster.instance('i-00000401'))?.stateName === 'Extant');
    await node.down();
    await until('it is unknown', async () => (await cluster.details('i-00000401'))?.stateName === 'Unknown');
    expect(await cluster.details('i-00000401')).toMatchObject({ reasonCode: 'Cluster.NodeUnreachable' });
    expect((await cluster.instance('i-00000401'))?.stateName).toBe('Extant');
    await node.up();
    await until('it is known again', async () => (await cluster.details('i-00000401'))?.stateName === 'Extant');
  });

  test('that forgets an instance loses it after two polls', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    await cluster.run('i-00000402');
    await until(
      'it is active',
      async () => (await cluster.query(`select from address where state = 'active'`)).length === 1,
    );
    node.instances.clear();
    await until('it has ended', async () => (await cluster.instance('i-00000402'))?.stateName === 'Teardown');
    expect(await cluster.details('i-00000402')).toMatchObject({ reasonCode: 'Cluster.InstanceLost' });
  });

  test('is told to end what it still runs of an ended instance, and unknown ones are adopted', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node]);
    await cluster.run('i-00000403');
    const record = await until('the node has it', () => node.instances.get('i-00000403'));
    await cluster.clients.cc.call('TerminateInstances', { instanceIds: ['i-00000403'] });
    await until('it has ended', async () => (await cluster.instance('i-00000403'))?.stateName === 'Teardown');
    node.setState('i-00000403', 'Extant');
    await until('it is told again', () => node.terminations.length === 2);
    const netParams = {
      ...record.netParams,
      privateMacAddress: 'd0:0d:00:00:04:04',
      privateIp: '10.9.0.77',
      networkIndex: 77,
    };
    node.instances.set('i-00000404', {
      ...record,
      instanceId: 'i-00000404',
      stateName: 'Extant',
      netParams: { publicIp: '0.0.0.0', vlan: -1, ...netParams },
    });
    const adopted = await until('it is adopted', () => cluster.instance('i-00000404'));
    expect(adopted).toMatchObject({
      stateName: 'Extant',
      ownerId: 'admin',
      userData: 'aGVsbG8=',
      serviceTag: node.url,
    });
    expect(await cluster.query('select ip from address')).toEqual([{ ip: '10.9.0.77' }]);
  });

  test('without the extension works too', async () => {
    const node = new SimulatedNode(around.keys);
    node.offersDetails = false;
    await node.up();
    nodes.push(node);
    const cluster = await makeCluster([node]);
    await cluster.run('i-00000405');
    await until('the node has it', () => node.instances.has('i-00000405'));
    node.setState('i-00000405', 'Teardown');
    await until('it has ended', async () => (await cluster.instance('i-00000405'))?.stateName === 'Teardown');
  });

  test('a hundred of them are polled side by side, 32 at most, each no more often than asked', async () => {
    const many = await makeNodes(100);
    let now = 0;
    let most = 0;
    for (const node of many) {
      node.onPoll = async () => {
        now += 1;
        most = Math.max(most, now);
        await sleep(100);
        now -= 1;
      };
    }
    // A poll that a busy machine lets run out of time would be followed by none.
    const cluster = await makeCluster(many, { timings: { pollSeconds: 3600, perNodeTimeoutSeconds: 60 } });
    expect(many.map((node) => node.polls)).toEqual(many.map(() => 1));
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(32);
    expect(await cluster.availableCores()).toBe(400);
  }, 120_000);
});

describe('the interface', () => {
  test('answers networks and public addresses as a cluster without managed networks', async () => {
    const cluster = await makeCluster([]);
    const { cc } = cluster.clients;
    const networks = await cc.call('DescribeNetworks', { clusterControllers: [] });
    expect(networks).toMatchObject({ mode: 0, addrsPerNet: 256, activeNetworks: [], return: true });
    await cc.call('StartNetwork', { vlan: -1, netName: 'default', clusterControllers: [] });
    await cc.call('StopNetwork', { vlan: -1, netName: 'default' });
    await expect(cc.call('DescribePublicAddresses', {})).rejects.toMatchObject({
      code: 'Wire.PeerFault',
      message: expect.stringContaining('NOTSUPPORTED'),
    });
    await expect(cc.call('AssignAddress', { source: '1.2.3.4', dest: '10.9.0.2' })).rejects.toMatchObject({
      details: { peerCode: 'Wire.OperationNotSupported' },
    });
  });

  test('gives certificates, and no key, to anyone who asks', async () => {
    const cluster = await makeCluster([]);
    const keys = await cluster.clients.gl.call('GetKeys', { serviceTag: 'self' });
    expect(Buffer.from(keys.CCcert ?? '', 'base64').toString()).toBe(around.keys.cluster.certificatePem);
    expect(Buffer.from(keys.NCcert ?? '', 'base64').toString()).toBe(around.keys.node.certificatePem);
  });

  test('takes orders only from the cloud, hints also from nodes', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node], { timings: { pollSeconds: 3600 } });
    const clients = cloudClients({ ...around, keys: { ...around.keys, cloud: around.keys.node } }, cluster.origin);
    await expect(clients.cc.call('RunInstances', runRequest('i-00000501'))).rejects.toMatchObject({
      details: { peerCode: 'Wire.UnknownCertificate' },
    });
    await expect(clients.extension.call('DescribeDetails', { instanceIds: [] })).rejects.toMatchObject({
      details: { peerCode: 'Wire.UnknownCertificate' },
    });
    const before = node.polls;
    await clients.extension.call('Hint', { source: new URL(node.url).origin, subjects: [] });
    await until('it is polled', () => node.polls > before);
    clients.cc.close();
    clients.gl.close();
    clients.extension.close();
  });
});
