import { describe, expect, test } from '@jest/globals';
import type { SimulatedNode } from './test-support/simulated-node.js';
import { cloudClients, runRequest, until } from './test-support/test-cluster.js';
import { useClusters } from './test-support/use-clusters.js';

const clusters = useClusters();
const { makeNodes, makeCluster } = clusters;

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
    expect(Buffer.from(keys.CCcert ?? '', 'base64').toString()).toBe(clusters.around.keys.cluster.certificatePem);
    expect(Buffer.from(keys.NCcert ?? '', 'base64').toString()).toBe(clusters.around.keys.node.certificatePem);
  });

  test('takes orders only from the cloud, hints also from nodes', async () => {
    const [node] = (await makeNodes(1)) as [SimulatedNode];
    const cluster = await makeCluster([node], { timings: { pollSeconds: 3600 } });
    const clients = cloudClients(
      { ...clusters.around, keys: { ...clusters.around.keys, cloud: clusters.around.keys.node } },
      cluster.origin,
    );
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
