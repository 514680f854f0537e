import { describe, expect, test } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import type { SimulatedNode } from './test-support/simulated-node.js';
import { until } from './test-support/test-cluster.js';
import { useClusters } from './test-support/use-clusters.js';

const clusters = useClusters();
const { makeNodes, makeCluster } = clusters;

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
    expect(clusters.cloud.hints.flat()).toContain('i-00000001');
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
