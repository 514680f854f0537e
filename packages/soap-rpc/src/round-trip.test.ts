import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { currentCorrelationId, withCorrelation } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import {
  EucalyptusCC_2_0,
  EucalyptusGL_2_0,
  EucalyptusNC_2_0,
  type EucalyptusCCOperations_2_0,
  type EucalyptusGLOperations_2_0,
  type EucalyptusNCOperations_2_0,
} from '@mallee/wsdl-types';
import type { IdentityPem } from '@mallee/ws-security';
import { makeIdentity } from '@mallee/testing';
import { SoapClient, type CallContext, type WireMessage } from './index.js';
import { serveSoap, type TestServer } from './test-support/peers.js';

let cloud: IdentityPem;
let cluster: IdentityPem;
let node: IdentityPem;
let cc: TestServer;
let nc: TestServer;
let gl: TestServer;
let client: SoapClient<EucalyptusCCOperations_2_0>;
let nodeClient: SoapClient<EucalyptusNCOperations_2_0>;
let seen: { request: unknown; context: CallContext; current: string | undefined } | undefined;

beforeAll(async () => {
  [cloud, cluster, node] = await Promise.all([makeIdentity('cloud'), makeIdentity('cluster'), makeIdentity('node')]);
  cc = await serveSoap<EucalyptusCCOperations_2_0>(EucalyptusCC_2_0, cluster, [cloud.certificatePem], {
    DescribeNetworks: async (request, context) => {
      seen = { request, context, current: currentCorrelationId() };
      const activeNetworks = [{ vlan: 10, netName: 'a <&> \u00fc', userName: 'admin', activeAddrs: [2, 3] }];
      return { mode: 1, addrsPerNet: 32, activeNetworks };
    },
    StopNetwork: async () => {
      throw new MalleeError('Node.InsufficientResources', 'not enough memory on 10.0.0.2');
    },
    DescribeInstances: async () => {
      throw new Error('secret path');
    },
    // The types rule this out; values from outside may get past them.
    DescribePublicAddresses: async () => ({ sourceAddresses: 7 }) as never,
  });
  nc = await serveSoap<EucalyptusNCOperations_2_0>(EucalyptusNC_2_0, node, [cluster.certificatePem], {
    ncTerminateInstance: async () => {
      throw new MalleeError('Node.UnknownInstance', 'i-12345678 is not here');
    },
  });
  gl = await serveSoap<EucalyptusGLOperations_2_0>(
    EucalyptusGL_2_0,
    cluster,
    [],
    { GetKeys: async (request) => ({ serviceTag: request.serviceTag, CCcert: 'QQ==' }) },
    { signed: false, wsdl: '<definitions/>' },
  );
  client = new SoapClient<EucalyptusCCOperations_2_0>({
    service: EucalyptusCC_2_0,
    url: cc.url + EucalyptusCC_2_0.path,
    identity: cloud,
    peerCertificates: [cluster.certificatePem],
  });
  nodeClient = new SoapClient<EucalyptusNCOperations_2_0>({
    service: EucalyptusNC_2_0,
    url: nc.url + EucalyptusNC_2_0.path,
    identity: cluster,
    peerCertificates: [node.certificatePem],
  });
});

afterAll(async () => {
  client.close();
  nodeClient.close();
  await Promise.all([cc.close(), nc.close(), gl.close()]);
});

const describeNetworks = { nameserver: '10.0.0.1', clusterControllers: ['10.0.0.1'] };

describe('a signed call', () => {
  it('reaches the handler with the verified sender and comes back completed with the base fields', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const reply = await withCorrelation(id, () => client.call('DescribeNetworks', describeNetworks));
    expect(reply).toEqual({
      correlationId: id,
      return: true,
      mode: 1,
      addrsPerNet: 32,
      activeNetworks: [{ vlan: 10, netName: 'a <&> \u00fc', userName: 'admin', activeAddrs: [2, 3] }],
    });
    expect(seen?.request).toMatchObject({ correlationId: id });
    expect(seen?.context).toEqual({ peerCertificate: cloud.certificatePem, correlationId: id, dialect: '2.0' });
    expect(seen?.current).toBe(id);
  });

  it('uses one connection for many calls', async () => {
    let connections = 0;
    cc.server.on('connection', () => (connections += 1));
    for (let count = 0; count < 5; count += 1) await client.call('DescribeNetworks', describeNetworks);
    expect(connections).toBeLessThanOrEqual(1);
  });

  it('counts calls by operation and result', async () => {
    await client.call('DescribeNetworks', describeNetworks);
    const text = await cc.metrics.registry.metrics();
    expect(text).toMatch(/mallee_soap_requests_total\{[^}]*operation="DescribeNetworks",result="ok"\} \d/);
  });
});

describe('a failure of the operation', () => {
  it('is return=false with code and message in statusMessage', async () => {
    const call = client.call('StopNetwork', { vlan: 10, netName: 'default' });
    await expect(call).rejects.toMatchObject({
      code: 'Wire.PeerFault',
      details: {
        operation: 'StopNetwork',
        peerCode: 'Node.InsufficientResources',
        peerMessage: 'not enough memory on 10.0.0.2',
        response: { return: false, statusMessage: 'Node.InsufficientResources: not enough memory on 10.0.0.2' },
      },
    });
  });

  it('keeps its code where statusMessage is a number', async () => {
    const call = nodeClient.call('ncTerminateInstance', { instanceId: 'i-12345678' });
    await expect(call).rejects.toMatchObject({
      code: 'Wire.PeerFault',
      details: { peerCode: 'Node.UnknownInstance', response: { return: false, statusMessage: 2 } },
    });
  });

  it('does not tell the text of an unexpected error', async () => {
    const error = await client.call('DescribeInstances', { instanceIds: [] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'Wire.PeerFault', details: { peerCode: 'InternalError' } });
    expect(String(error)).not.toContain('secret');
  });

  it('is InternalError when the handler answers what the schema does not allow', async () => {
    const call = client.call('DescribePublicAddresses', {});
    await expect(call).rejects.toMatchObject({ code: 'Wire.PeerFault', details: { peerCode: 'InternalError' } });
  });

  it('is return=false for an operation that is not offered, as originals say so', async () => {
    const call = client.call('RebootInstances', { instanceIds: ['i-12345678'] });
    await expect(call).rejects.toMatchObject({
      code: 'Wire.PeerFault',
      details: { peerCode: 'Wire.OperationNotSupported', response: { return: false } },
    });
  });

  it('is refused before sending when the request does not fit the schema', async () => {
    const call = client.call('StopNetwork', { vlan: 'ten' } as never);
    await expect(call).rejects.toMatchObject({ code: 'Wire.MalformedMessage' });
  });
});

describe('trust', () => {
  it('refuses a caller whose certificate is not registered', async () => {
    const stranger = new SoapClient<EucalyptusCCOperations_2_0>({
      service: EucalyptusCC_2_0,
      url: cc.url + EucalyptusCC_2_0.path,
      identity: node,
      peerCertificates: [cluster.certificatePem],
    });
    const call = stranger.call('DescribeNetworks', describeNetworks);
    await expect(call).rejects.toMatchObject({ details: { peerCode: 'Wire.UnknownCertificate' } });
    stranger.close();
    expect(await cc.metrics.registry.metrics()).toMatch(/mallee_soap_refused_total\{[^}]*Wire.UnknownCertificate"\} 1/);
  });

  it('does not believe a reply that another certificate signed', async () => {
    const wary = new SoapClient<EucalyptusCCOperations_2_0>({
      service: EucalyptusCC_2_0,
      url: cc.url + EucalyptusCC_2_0.path,
      identity: cloud,
      peerCertificates: [node.certificatePem],
    });
    const call = wary.call('DescribeNetworks', describeNetworks);
    await expect(call).rejects.toMatchObject({
      code: 'Wire.BadReply',
      details: { code: 'Wire.UnknownCertificate' },
    });
    wary.close();
  });
});

describe('an unsigned service', () => {
  it('is called and answered without WS-Security', async () => {
    const glClient = new SoapClient<EucalyptusGLOperations_2_0>({
      service: EucalyptusGL_2_0,
      url: gl.url + EucalyptusGL_2_0.path,
      identity: cloud,
      peerCertificates: [],
      signed: false,
    });
    await expect(glClient.call('GetKeys', { serviceTag: 'self' })).resolves.toMatchObject({ CCcert: 'QQ==' });
    glClient.close();
  });

  it('serves its WSDL', async () => {
    const reply = await fetch(`${gl.url}${EucalyptusGL_2_0.path}?wsdl`);
    expect([reply.status, await reply.text()]).toEqual([200, '<definitions/>']);
  });
});

test('a client shows every message as it goes over the wire', async () => {
  const messages: WireMessage[] = [];
  const watched = new SoapClient<EucalyptusCCOperations_2_0>({
    service: EucalyptusCC_2_0,
    url: cc.url + EucalyptusCC_2_0.path,
    identity: cloud,
    peerCertificates: [cluster.certificatePem],
    onMessage: (message) => messages.push(message),
  });
  await watched.call('DescribeNetworks', { clusterControllers: [] });
  await expect(watched.call('DescribeInstances', { instanceIds: [] })).rejects.toThrow();
  watched.close();
  expect(messages.map(({ direction, status }) => [direction, status])).toEqual([
    ['request', undefined],
    ['reply', 200],
    ['request', undefined],
    ['reply', 200],
  ]);
  expect(messages[0]?.text).toMatch(/<ds:SignatureValue>.*<n:DescribeNetworks /);
  expect(messages[1]?.text).toMatch(/<ds:SignatureValue>.*<n:DescribeNetworksResponse /);
});
