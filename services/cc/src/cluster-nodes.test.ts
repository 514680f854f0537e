import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { SimulatedNode } from './test-support/simulated-node.js';
import { until } from './test-support/test-cluster.js';
import { useClusters } from './test-support/use-clusters.js';

const clusters = useClusters();
const { makeNodes, makeCluster } = clusters;

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
    const node = new SimulatedNode(clusters.around.keys);
    node.offersDetails = false;
    await node.up();
    clusters.nodes.push(node);
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
