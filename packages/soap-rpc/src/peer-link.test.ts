import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, test } from '@jest/globals';
import { Metrics } from '@mallee/daemon';
import { makeIdentity } from '@mallee/testing';
import {
  EucalyptusCC_2_0,
  EucalyptusNC_2_0,
  type EucalyptusCCOperations_2_0,
  type EucalyptusNCOperations_2_0,
} from '@mallee/wsdl-types';
import type { IdentityPem } from '@mallee/ws-security';
import { originalNode, PeerLink, SoapClient, type PeerLinkOptions } from './index.js';
import { createSoapHandler } from './handler.js';
import { quiet, serve, type TestServer } from './test-support/peers.js';

let cluster: IdentityPem;
let node: IdentityPem;
beforeAll(async () => {
  [cluster, node] = await Promise.all([makeIdentity('cluster'), makeIdentity('node')]);
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type Client = SoapClient<EucalyptusNCOperations_2_0>;

function clientOf(peer: PeerLink, more: { timeoutMs?: number; metrics?: Metrics } = {}): Client {
  return new SoapClient<EucalyptusNCOperations_2_0>({
    service: EucalyptusNC_2_0,
    url: peer.origin + EucalyptusNC_2_0.path,
    identity: cluster,
    peerCertificates: [node.certificatePem],
    peer,
    ...more,
  });
}

function linkTo(url: string, more: Partial<PeerLinkOptions> = {}): PeerLink {
  const peer = new PeerLink({ url, ...more });
  cleanUps.push(() => peer.close());
  return peer;
}

/** A node whose calls end when the test says so; the order of arrival is that of `arrived`. */
async function slowNode(): Promise<TestServer & { arrived: string[]; answer: () => void; most: () => number }> {
  const arrived: string[] = [];
  const waiting: (() => void)[] = [];
  let most = 0;
  let under = 0;
  const handler = createSoapHandler<EucalyptusNCOperations_2_0>({
    service: EucalyptusNC_2_0,
    identity: node,
    trusted: () => [cluster.certificatePem],
    logger: quiet,
    metrics: new Metrics(),
    handlers: {
      ncTerminateInstance: async ({ instanceId }) => {
        arrived.push(instanceId);
        under += 1;
        most = Math.max(most, under);
        await new Promise<void>((resolve) => waiting.push(resolve));
        under -= 1;
        return { instanceId, shutdownState: '', previousState: '' };
      },
      ncPowerDown: async () => ({ statusMessage: 0 }),
    },
  });
  const server = await serve(handler);
  cleanUps.push(() => server.close());
  return { ...server, arrived, answer: () => waiting.shift()?.(), most: () => most };
}

const failure = (call: Promise<unknown>): Promise<{ code?: string; message?: string; details?: unknown }> =>
  call.then(
    () => ({ code: 'accepted' }),
    (error: unknown) => error as object,
  );

async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; !condition(); count += 1) {
    if (count > 1000) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const terminate = (client: Client, instanceId: string, options = {}): Promise<unknown> =>
  client.call('ncTerminateInstance', { instanceId }, options);

describe('the bound on calls', () => {
  it('of an original NC is one at a time, in the order of asking', async () => {
    const nc = await slowNode();
    const metrics = new Metrics();
    const client = clientOf(linkTo(nc.url, { ...originalNode, metrics }));
    const calls = ['i-1', 'i-2', 'i-3'].map((id) => terminate(client, id));
    await until(() => nc.arrived.length === 1);
    const figures = await metrics.registry.metrics();
    expect(figures).toMatch(/mallee_soap_client_active_calls 1\n/);
    expect(figures).toMatch(/mallee_soap_client_waiting_calls 2\n/);
    for (let count = 1; count <= 3; count += 1) {
      await until(() => nc.arrived.length === count);
      nc.answer();
    }
    await Promise.all(calls);
    expect([nc.arrived, nc.most()]).toEqual([['i-1', 'i-2', 'i-3'], 1]);
    const after = await metrics.registry.metrics();
    expect(after).toMatch(/mallee_soap_client_active_calls 0\n/);
    expect(after).toMatch(/mallee_soap_client_waiting_calls 0\n/);
  });

  it('is one for the clients of all services of a peer', async () => {
    const nc = await slowNode();
    const peer = linkTo(nc.url, { concurrency: 1 });
    const cc = new SoapClient<EucalyptusCCOperations_2_0>({
      service: EucalyptusCC_2_0,
      url: nc.url + EucalyptusCC_2_0.path,
      identity: cluster,
      peerCertificates: [node.certificatePem],
      peer,
    });
    const first = terminate(clientOf(peer), 'i-1');
    await until(() => nc.arrived.length === 1);
    const error = await failure(cc.call('DescribeNetworks', { clusterControllers: [] }, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'Wire.PeerTimeout', details: { sent: false, queued: true } });
    nc.answer();
    await first;
    const elsewhere = {
      service: EucalyptusCC_2_0,
      url: 'http://127.0.0.1:1/',
      identity: cluster,
      peerCertificates: [],
    };
    expect(() => new SoapClient({ ...elsewhere, peer })).toThrow(/is not at/);
  });

  it('refuses a call when as many wait as may, and one that does not get its turn in time', async () => {
    const nc = await slowNode();
    const client = clientOf(linkTo(nc.url, { concurrency: 1, maxQueue: 1 }));
    const first = terminate(client, 'i-1');
    await until(() => nc.arrived.length === 1);
    const second = failure(terminate(client, 'i-2', { timeoutMs: 200 }));
    expect(await failure(terminate(client, 'i-3'))).toMatchObject({
      code: 'Wire.PeerBusy',
      message: expect.stringContaining('1 calls under way and 1 waiting'),
      details: { sent: false },
    });
    expect(await second).toMatchObject({ code: 'Wire.PeerTimeout', details: { sent: false, queued: true } });
    nc.answer();
    await first;
    expect(nc.arrived).toEqual(['i-1']);
    await client.call('ncPowerDown', {});
  });

  it('gives the place of a call that was given up to the next', async () => {
    const nc = await slowNode();
    const client = clientOf(linkTo(nc.url, { concurrency: 1 }));
    const controller = new AbortController();
    const first = terminate(client, 'i-1');
    await until(() => nc.arrived.length === 1);
    const second = failure(terminate(client, 'i-2', { signal: controller.signal }));
    const third = terminate(client, 'i-3');
    controller.abort();
    expect(await second).toMatchObject({ code: 'Wire.PeerTimeout', details: { sent: false, aborted: true } });
    nc.answer();
    await until(() => nc.arrived.length === 2);
    nc.answer();
    await Promise.all([first, third]);
    expect(nc.arrived).toEqual(['i-1', 'i-3']);
  });
});

test('many calls at once, some too late and some given up: the bound holds, and no turn is lost', async () => {
  let under = 0;
  let most = 0;
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 0x7fffffff) % below;
  const nc = await serve(
    createSoapHandler<EucalyptusNCOperations_2_0>({
      service: EucalyptusNC_2_0,
      identity: node,
      trusted: () => [cluster.certificatePem],
      logger: quiet,
      metrics: new Metrics(),
      handlers: {
        ncPowerDown: async () => {
          under += 1;
          most = Math.max(most, under);
          await new Promise((resolve) => setTimeout(resolve, 1 + random(10)));
          under -= 1;
          return { statusMessage: 0 };
        },
      },
    }),
  );
  cleanUps.push(() => nc.close());
  const metrics = new Metrics();
  const peer = linkTo(nc.url, { concurrency: 4, maxQueue: 60, metrics });
  const client = clientOf(peer, { metrics });
  const calls = Array.from({ length: 100 }, (_none, index) => {
    // Those of the first turns run to their end, so that what the node sees under way is what the bound allows.
    if (index < 4 || index % 3 === 0) return failure(client.call('ncPowerDown', {}));
    const controller = new AbortController();
    if (index % 3 === 1) controller.abort();
    return failure(client.call('ncPowerDown', {}, { timeoutMs: 30_000, signal: controller.signal }));
  });
  const codes = (await Promise.all(calls)).map(({ code }) => code);
  const count = (code: string): number => codes.filter((one) => one === code).length;
  expect(count('accepted') + count('Wire.PeerTimeout') + count('Wire.PeerBusy')).toBe(100);
  expect(count('accepted')).toBeGreaterThan(10);
  expect(count('Wire.PeerTimeout')).toBeGreaterThan(10);
  expect(most).toBeLessThanOrEqual(4);
  const figures = await metrics.registry.metrics();
  expect(figures).toMatch(/mallee_soap_client_active_calls 0\n/);
  expect(figures).toMatch(/mallee_soap_client_waiting_calls 0\n/);
  expect(await failure(client.call('ncPowerDown', {}))).toEqual({ code: 'accepted' });
});

describe('the breaker of a peer', () => {
  /** A port that refuses until `open`; the clock is set by hand. */
  async function gonePeer(): Promise<{ url: string; back: () => Promise<Server> }> {
    const closed = await serve(async () => undefined);
    await closed.close();
    const port = Number(new URL(closed.url).port);
    const handler = createSoapHandler<EucalyptusNCOperations_2_0>({
      service: EucalyptusNC_2_0,
      identity: node,
      trusted: () => [cluster.certificatePem],
      logger: quiet,
      metrics: new Metrics(),
      handlers: { ncPowerDown: async () => ({ statusMessage: 0 }) },
    });
    const back = async (): Promise<Server> => {
      const server = createServer((request, response) => void handler(request, response));
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      cleanUps.push(() => server.close());
      return server;
    };
    return { url: closed.url, back };
  }

  it('refuses calls after failures in a row, says since when, why and when the next is tried, and closes by itself', async () => {
    const gone = await gonePeer();
    let now = 1000;
    const metrics = new Metrics();
    const peer = linkTo(gone.url, { breaker: { failures: 2, waitMs: 500 }, now: () => now, metrics });
    const client = clientOf(peer, { metrics });
    const power = (): Promise<{ code?: string; details?: unknown }> => failure(client.call('ncPowerDown', {}));
    expect(await power()).toMatchObject({ details: { reason: 'ECONNREFUSED' } });
    now = 1300;
    await power();
    expect(await metrics.registry.metrics()).toMatch(/mallee_soap_client_open_breakers 1\n/);
    now = 1400;
    const since = Date.now() - 400;
    const error = await power();
    expect(error).toMatchObject({
      code: 'Wire.PeerUnreachable',
      message: expect.stringMatching(/has not answered since .*Z \(ECONNREFUSED, 2 calls in a row\).* in 400 ms$/),
      details: { sent: false, reason: 'ECONNREFUSED', failures: 2, retryAfterMs: 400 },
    });
    const told = Date.parse((error.details as { since: string }).since);
    expect(Math.abs(told - since)).toBeLessThan(5000);

    await gone.back();
    expect(await power()).toMatchObject({ details: { retryAfterMs: 400 } });
    now = 1800;
    expect(await power()).toEqual({ code: 'accepted' });
    expect(await power()).toEqual({ code: 'accepted' });
    const figures = await metrics.registry.metrics();
    expect(figures).toMatch(/mallee_soap_client_open_breakers 0\n/);
    expect(figures).toMatch(
      /calls_total\{service="EucalyptusNC",operation="ncPowerDown",result="Wire.PeerUnreachable"\} 4/,
    );
    expect(figures).toMatch(/calls_total\{service="EucalyptusNC",operation="ncPowerDown",result="ok"\} 2/);
    expect(figures).not.toContain('127.0.0.1');
  });

  it('does not count what a peer refuses, answers badly or is not asked any more', async () => {
    let status = 500;
    const peer = await serve(async (_request, response) => {
      if (status !== 0) response.writeHead(status).end('<html></html>');
    });
    cleanUps.push(() => peer.close());
    const link = linkTo(peer.url, { breaker: { failures: 1 } });
    const client = clientOf(link);
    expect((await failure(client.call('ncPowerDown', {}))).code).toBe('Wire.BadReply');
    status = 200;
    expect((await failure(client.call('ncPowerDown', {}))).code).toBe('Wire.BadReply');
    status = 0;
    const controller = new AbortController();
    const given = failure(client.call('ncPowerDown', {}, { signal: controller.signal }));
    controller.abort();
    expect(await given).toMatchObject({ details: { aborted: true } });
    status = 200;
    expect((await failure(client.call('ncPowerDown', {}))).code).toBe('Wire.BadReply');
    status = 0;
    expect(await failure(client.call('ncPowerDown', {}, { timeoutMs: 100 }))).toMatchObject({
      details: { sent: true },
    });
    const error = await failure(client.call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { reason: 'no answer in time' } });
  });

  it('can be left out, and is forgotten when the peer is closed', async () => {
    const gone = await gonePeer();
    const never = clientOf(linkTo(gone.url, { breaker: false }));
    for (let count = 0; count < 8; count += 1) {
      expect(await failure(never.call('ncPowerDown', {}))).toMatchObject({ details: { reason: 'ECONNREFUSED' } });
    }
    const peer = linkTo(gone.url, { breaker: { failures: 1, waitMs: 60_000 } });
    const client = clientOf(peer);
    await failure(client.call('ncPowerDown', {}));
    await gone.back();
    expect(await failure(client.call('ncPowerDown', {}))).toMatchObject({ details: { failures: 1 } });
    peer.close();
    expect(await failure(client.call('ncPowerDown', {}))).toEqual({ code: 'accepted' });
  });
});

test('a connection that is not made in its time is no connection', async () => {
  // TCP connects, the TLS handshake never ends.
  const mute = createTcpServer();
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => mute.close());
  const { port } = mute.address() as AddressInfo;
  const tls = { pinnedCertificates: [node.certificatePem] };
  const client = clientOf(linkTo(`https://127.0.0.1:${port}`, { connectTimeoutMs: 100, tls }));
  const error = await failure(client.call('ncPowerDown', {}));
  expect(error).toMatchObject({
    code: 'Wire.PeerUnreachable',
    details: { sent: false, reason: 'no connection within 100 ms' },
  });
});
