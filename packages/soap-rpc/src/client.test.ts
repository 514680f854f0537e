import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, test } from '@jest/globals';
import { Metrics } from '@mallee/daemon';
import { encodeMessage, EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, type IdentityPem } from '@mallee/ws-security';
import { makeIdentity } from '@mallee/testing';
import { createSoapHandler, SoapClient, type HttpHandler } from './index.js';
import { quiet, serve, type TestServer } from './test-support/peers.js';

const service = EucalyptusNC_2_0;
const { response: responseTable, soapAction } = service.operations['ncPowerDown']!;

let cluster: IdentityPem;
let node: IdentityPem;
beforeAll(async () => {
  [cluster, node] = await Promise.all([makeIdentity('cluster'), makeIdentity('node')]);
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function clientOf(
  url: string,
  more: { timeoutMs?: number; maxReplyBytes?: number } = {},
): SoapClient<EucalyptusNCOperations_2_0> {
  const client = new SoapClient<EucalyptusNCOperations_2_0>({
    service,
    url: url + service.path,
    identity: cluster,
    peerCertificates: [node.certificatePem],
    ...more,
  });
  cleanUps.push(() => client.close());
  return client;
}

async function peer(handler: HttpHandler): Promise<TestServer> {
  const server = await serve(handler);
  cleanUps.push(() => server.close());
  return server;
}

async function readAll(request: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk.toString();
  return text;
}

/** A peer that answers every call with what `reply` makes of the request. */
async function answering(reply: (requestId: string) => string, status = 200): Promise<TestServer> {
  return peer(async (request, response) => {
    const text = await readAll(request);
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(reply(/<wsa:MessageID [^>]*>([^<]*)</.exec(text)?.[1] ?? ''));
  });
}

interface Changes {
  readonly identity?: IdentityPem;
  readonly action?: string;
  readonly relatesTo?: string;
  readonly payload?: string;
  readonly now?: number;
}

function signedReply(requestId: string, changes: Changes = {}): string {
  const signer = new MessageSigner({
    identity: loadIdentity(changes.identity ?? node),
    clock: () => changes.now ?? Date.now(),
  });
  const payload = changes.payload ?? encodeMessage(responseTable, { return: true, statusMessage: 0 });
  return signer.sign({ action: changes.action ?? soapAction, relatesTo: changes.relatesTo ?? requestId, payload }).text;
}

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (error: unknown) => error,
  );

describe('a reply', () => {
  it('is believed when it is the signed answer to this request', async () => {
    const { url } = await answering((id) => signedReply(id));
    await expect(clientOf(url).call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
  });

  const bad: readonly (readonly [string, (id: string) => string])[] = [
    [
      'unsigned',
      () => '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body></s:Envelope>',
    ],
    ['signed by the caller itself', (id) => signedReply(id, { identity: cluster })],
    ['to another request', (id) => signedReply(id, { relatesTo: 'urn:uuid:other' })],
    ['of another action', (id) => signedReply(id, { action: 'EucalyptusNC#ncStartNetwork' })],
    [
      'of another operation',
      (id) =>
        signedReply(id, {
          payload: '<n:ncStartNetworkResponse xmlns:n="http://eucalyptus.ucsb.edu/"></n:ncStartNetworkResponse>',
        }),
    ],
    ['changed on the way', (id) => signedReply(id).replace('>true<', '>false<')],
    ['of an hour ago', (id) => signedReply(id, { now: Date.now() - 3_600_000 })],
    ['empty', () => ''],
    ['no XML', () => '<html>'],
  ];
  test.each(bad)('%s is Wire.BadReply', async (_what, reply) => {
    const { url } = await answering(reply);
    expect(await refusal(clientOf(url).call('ncPowerDown', {}))).toMatchObject({ code: 'Wire.BadReply' });
  });

  it('without room is Wire.BadReply', async () => {
    const { url } = await answering(() => 'x'.repeat(5000));
    const error = await refusal(clientOf(url, { maxReplyBytes: 4000 }).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.BadReply' });
  });

  it('of another status and no fault is Wire.BadReply', async () => {
    const { url } = await answering(() => '<html><body>Not Found</body></html>', 404);
    const error = await refusal(clientOf(url).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.BadReply', details: { status: 404 } });
  });

  it('that is a fault of an original is Wire.PeerFault', async () => {
    const fault =
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>' +
      '<faultcode>wsse:InvalidSecurity</faultcode><faultstring>Signature Verification failed.</faultstring>' +
      '</soapenv:Fault></soapenv:Body></soapenv:Envelope>';
    const { url } = await answering(() => fault, 500);
    expect(await refusal(clientOf(url).call('ncPowerDown', {}))).toMatchObject({
      code: 'Wire.PeerFault',
      details: {
        peerCode: undefined,
        peerMessage: 'Signature Verification failed.',
        faultcode: 'wsse:InvalidSecurity',
      },
    });
  });
});

describe('a peer that does not answer', () => {
  it('is Wire.PeerUnreachable when nothing listens, and surely did not act', async () => {
    const closed = await serve(async () => undefined);
    await closed.close();
    const error = await refusal(clientOf(closed.url).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { sent: false } });
  });

  it('is Wire.PeerTimeout after the time of the call', async () => {
    const { url } = await peer(async () => undefined);
    const error = await refusal(clientOf(url).call('ncPowerDown', {}, { timeoutMs: 200 }));
    expect(error).toMatchObject({ code: 'Wire.PeerTimeout', details: { sent: true } });
  });

  it('is Wire.PeerTimeout also when the answer stops half way', async () => {
    const { url } = await peer(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.write('<a>');
    });
    const error = await refusal(clientOf(url, { timeoutMs: 200 }).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.PeerTimeout' });
  });

  it('is given up when the caller aborts', async () => {
    const { url } = await peer(async () => undefined);
    const controller = new AbortController();
    const call = refusal(clientOf(url).call('ncPowerDown', {}, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 100);
    expect(await call).toMatchObject({ code: 'Wire.PeerTimeout', details: { aborted: true } });
  });

  it('is Wire.PeerUnreachable when it drops a new connection', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await refusal(clientOf(url).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { sent: true } });
  });
});

test('a kept connection that the peer has dropped is replaced once, with the same message', async () => {
  const ids: string[] = [];
  const { url } = await peer(async (request, response) => {
    const id = /<wsa:MessageID [^>]*>([^<]*)</.exec(await readAll(request))?.[1] ?? '';
    ids.push(id);
    if (ids.length === 2) request.socket.destroy();
    else response.writeHead(200, { 'content-type': 'text/xml' }).end(signedReply(id));
  });
  const client = clientOf(url);
  await client.call('ncPowerDown', {});
  await expect(client.call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
  expect(ids).toHaveLength(3);
  expect(ids[2]).toBe(ids[1]);
});

test('a message that may have arrived before the peer went away counts as sent', async () => {
  let calls = 0;
  const { url, server } = await peer(async (request, response) => {
    const id = /<wsa:MessageID [^>]*>([^<]*)</.exec(await readAll(request))?.[1] ?? '';
    calls += 1;
    if (calls === 1) return void response.writeHead(200, { 'content-type': 'text/xml' }).end(signedReply(id));
    server.close();
    request.socket.destroy();
  });
  const client = clientOf(url);
  await client.call('ncPowerDown', {});
  const error = await refusal(client.call('ncPowerDown', {}));
  expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { sent: true } });
  expect(calls).toBe(2);
});

test('the refusal of a second copy is a lost answer, not a refusal of the call', async () => {
  let done = 0;
  const requests: IncomingMessage[] = [];
  const handlers = { ncPowerDown: async () => ({ return: true, statusMessage: ++done }) };
  const handle = createSoapHandler<EucalyptusNCOperations_2_0>({
    service,
    identity: node,
    trusted: () => [cluster.certificatePem],
    handlers,
    logger: quiet,
    metrics: new Metrics(),
  });
  const { url } = await peer(async (request, response) => {
    requests.push(request);
    // The second call is carried out, but its connection goes before the answer does.
    if (requests.length === 2) response.end = () => response.destroy();
    await handle(request, response);
  });
  const client = clientOf(url);
  await client.call('ncPowerDown', {});
  const error = await refusal(client.call('ncPowerDown', {}));
  expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { sent: true } });
  expect([requests.length, done]).toEqual([3, 2]);
});

test('wrong settings and unknown operations are told before anything is sent', async () => {
  const make = (url: string, identity = cluster): unknown =>
    new SoapClient<EucalyptusNCOperations_2_0>({ service, url, identity, peerCertificates: [] });
  expect(() => make('ftp://x/')).toThrow(/not an http URL/);
  expect(() => make('nonsense')).toThrow(/not an http URL/);
  const mixed = { privateKeyPem: node.privateKeyPem, certificatePem: cluster.certificatePem };
  expect(() => make('http://x/', mixed)).toThrow(/does not belong/);
  const error = await refusal(clientOf('http://127.0.0.1:1').call('toString' as never, {}));
  expect(error).toMatchObject({ code: 'Wire.UnknownOperation' });
});
