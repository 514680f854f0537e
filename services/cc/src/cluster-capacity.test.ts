import { describe, expect, test } from '@jest/globals';
import type { MalleeError } from '@mallee/errors';
import type { SimulatedNode } from './test-support/simulated-node.js';
import { until } from './test-support/test-cluster.js';
import { useClusters } from './test-support/use-clusters.js';

const { makeNodes, makeCluster } = useClusters();

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
