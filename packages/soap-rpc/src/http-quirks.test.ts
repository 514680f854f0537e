import { afterEach, beforeAll, describe, expect, it, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { encodeMessage, EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, type IdentityPem } from '@mallee/ws-security';
import { SoapClient, type SoapClientOptions } from './index.js';
import { rawServer, type Answer, type RawServer } from './test-support/raw-server.js';

/*
 * The client against servers that write HTTP in the ways of Axis2/C under Apache, of the Java components, and in whatever other ways
 * HTTP/1.1 allows. The captured answers of the originals are in originals.test.ts.
 */

const service = EucalyptusNC_2_0;
let cluster: IdentityPem;
let node: IdentityPem;
beforeAll(async () => {
  [cluster, node] = await Promise.all([makeIdentity('cluster'), makeIdentity('node')]);
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function answering(answer: Answer): Promise<RawServer> {
  const server = await rawServer(answer);
  cleanUps.push(() => server.close());
  return server;
}

function clientOf(server: RawServer, more: Partial<SoapClientOptions> = {}): SoapClient<EucalyptusNCOperations_2_0> {
  const client = new SoapClient<EucalyptusNCOperations_2_0>({
    service,
    url: `http://127.0.0.1:${server.port}${(more.service ?? service).path}`,
    identity: cluster,
    peerCertificates: [node.certificatePem],
    ...more,
  });
  cleanUps.push(() => client.close());
  return client;
}

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (error: unknown) => error,
  );

function signedReply(request: string): string {
  const relatesTo = /<wsa:MessageID [^>]*>([^<]*)</.exec(request)?.[1] ?? '';
  const { response, soapAction } = service.operations['ncPowerDown']!;
  const payload = encodeMessage(response, { return: true, statusMessage: 0 });
  const signer = new MessageSigner({ identity: loadIdentity(node) });
  return signer.sign({ action: soapAction, relatesTo, payload }).text;
}

const chunked = (text: string): string =>
  `${(10).toString(16)}\r\n${text.slice(0, 10)}\r\n${(text.length - 10).toString(16)};x=y\r\n${text.slice(10)}\r\n0\r\n\r\n`;

test('a request has the head of Axis2/C: the same headers in the same order and form, and no others that matter', async () => {
  const server = await answering((socket, request) => {
    const text = signedReply(request);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  });
  await clientOf(server).call('ncPowerDown', {});
  const [head, body] = (server.requests[0] ?? '').split('\r\n\r\n', 2) as [string, string];
  expect(head.split('\r\n')).toEqual([
    `POST ${service.path} HTTP/1.1`,
    'User-Agent: Mallee',
    'SOAPAction: "EucalyptusNC#ncPowerDown"',
    'Content-Type: text/xml;charset=UTF-8',
    `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
    `Host: 127.0.0.1:${server.port}`,
    'Connection: keep-alive',
  ]);
  expect(body).toMatch(/^<soapenv:Envelope /);
});

describe('an answer is understood', () => {
  const forms: readonly (readonly [string, (text: string) => string])[] = [
    [
      'as Apache writes it, without charset',
      (text) =>
        `HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 17:03:55 GMT\r\nServer: Apache\r\nContent-Length: ${text.length}\r\nContent-Type: text/xml\r\n\r\n${text}`,
    ],
    [
      'in chunks, with an extension',
      (text) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/xml\r\n\r\n${chunked(text)}`,
    ],
    [
      'called application/soap+xml',
      (text) =>
        `HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    ],
    [
      'with an XML declaration',
      (text) =>
        `HTTP/1.1 200 OK\r\nContent-Length: ${text.length + 38}\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>${text}`,
    ],
    ['of HTTP/1.0 that ends with the connection', (text) => `HTTP/1.0 200 OK\r\n\r\n${text}`],
    ['that ends with the connection', (text) => `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${text}`],
    [
      'after a 100 Continue nobody asked for',
      (text) => `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    ],
  ];
  test.each(forms)('%s', async (name, form) => {
    const server = await answering((socket, request) => {
      socket.write(form(signedReply(request)));
      if (name.includes('ends with')) socket.end();
    });
    await expect(clientOf(server).call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
  });

  it('when it comes byte by byte', async () => {
    const server = await answering((socket, request) => {
      const text = signedReply(request);
      const bytes = `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
      void (async () => {
        for (let at = 0; at < 80; at += 1) {
          socket.write(bytes[at] ?? '');
          await new Promise((resolve) => setImmediate(resolve));
        }
        socket.write(bytes.slice(80));
      })();
    });
    await expect(clientOf(server).call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
  });
});

describe('connections', () => {
  const ok = (socket: { write(text: string): unknown }, request: string, more = ''): void => {
    const text = signedReply(request);
    socket.write(`HTTP/1.1 200 OK\r\n${more}Content-Length: ${text.length}\r\n\r\n${text}`);
  };

  it('are kept between calls, unless the peer closes them', async () => {
    const server = await answering((socket, request, count) => {
      ok(socket, request, count === 3 ? 'Connection: close\r\n' : '');
      if (count === 3) socket.end();
    });
    const client = clientOf(server);
    for (let count = 0; count < 4; count += 1) await client.call('ncPowerDown', {});
    expect(server.connections()).toBe(2);
  });

  it('are closed by us before the peer would do it under a call', async () => {
    let ended = 0;
    const server = await answering((socket, request) => {
      socket.once('end', () => (ended += 1));
      ok(socket, request);
    });
    const client = clientOf(server, { idleMs: 50 });
    await client.call('ncPowerDown', {});
    for (let count = 0; ended === 0 && count < 500; count += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ended).toBe(1);
    await client.call('ncPowerDown', {});
    expect(server.connections()).toBe(2);
  });

  it('are not cut while an answer takes longer than they may be idle', async () => {
    const server = await answering((socket, request) => void setTimeout(() => ok(socket, request), 200));
    await expect(clientOf(server, { idleMs: 50 }).call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
  });

  it('are not kept where the peer has few workers', async () => {
    const server = await answering((socket, request) => {
      ok(socket, request, 'Connection: close\r\n');
      socket.end();
    });
    const client = clientOf(server, { keepAlive: false });
    for (let count = 0; count < 3; count += 1) await client.call('ncPowerDown', {});
    expect(server.connections()).toBe(3);
    expect(server.requests[0]).toContain('\r\nConnection: close\r\n');
  });

  it('that several calls kept are all given up when one turns out to be dead', async () => {
    let reset = false;
    const server = await answering((socket, request) => {
      if (reset && socket.bytesWritten > 0) socket.destroy();
      else setTimeout(() => ok(socket, request), 20);
    });
    const client = clientOf(server);
    await Promise.all([1, 2, 3].map(() => client.call('ncPowerDown', {})));
    reset = true;
    await expect(client.call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
    expect(server.connections()).toBe(4);
  });

  it('that break under an order are not followed by a second copy to an original, which would carry it out twice', async () => {
    const server = await answering((socket, request, count) => {
      if (count === 2) socket.destroy();
      else ok(socket, request);
    });
    const client = clientOf(server, { suite: 'rsa-sha1' });
    // The replies here are signed with SHA-256, which is not what this peer may use: only the requests matter.
    expect(await refusal(client.call('ncPowerDown', {}))).toMatchObject({ code: 'Wire.BadReply' });
    expect(server.requests[0]).toContain('xmldsig#rsa-sha1');
    expect(await refusal(client.call('ncPowerDown', {}))).toMatchObject({
      code: 'Wire.PeerUnreachable',
      details: { sent: true },
    });
    expect(server.requests).toHaveLength(2);
  });

  it('that break under a question are followed by a second copy also to an original', async () => {
    const server = await answering((socket, request, count) => {
      if (count === 2) socket.destroy();
      else ok(socket, request);
    });
    const client = clientOf(server, { suite: 'rsa-sha1' });
    for (let count = 0; count < 2; count += 1) await refusal(client.call('ncDescribeResource', {}));
    expect(server.requests).toHaveLength(3);
    expect(server.requests[2]?.split('\r\n\r\n')[1]).toBe(server.requests[1]?.split('\r\n\r\n')[1]);
  });
});

describe('what is no answer', () => {
  const cases: readonly (readonly [string, string, object])[] = [
    [
      'nothing at all',
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      { code: 'Wire.BadReply', details: { status: 200 } },
    ],
    [
      'a page',
      'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 25\r\n\r\n<html><br>nothing</html>\n',
      { code: 'Wire.BadReply', details: { status: 404 } },
    ],
    [
      'another address',
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n',
      { code: 'Wire.BadReply', details: { status: 302 } },
    ],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      { code: 'Wire.PeerUnreachable' },
    ],
    [
      'a head without end',
      `HTTP/1.1 200 OK\r\n${'X-Y: zzzzzzzzzzzzzzzz\r\n'.repeat(2000)}`,
      { code: 'Wire.PeerUnreachable', details: { reason: 'HPE_HEADER_OVERFLOW' } },
    ],
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', { code: 'Wire.PeerUnreachable' }],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      { code: 'Wire.PeerUnreachable' },
    ],
  ];
  test.each(cases)('%s', async (_what, bytes, expected) => {
    const server = await answering((socket) => socket.write(bytes));
    expect(await refusal(clientOf(server).call('ncPowerDown', {}))).toMatchObject(expected);
  });

  it('an answer that is cut off', async () => {
    const server = await answering((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>'));
    const error = await refusal(clientOf(server).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { sent: true } });
  });

  it('a fault of SOAP 1.2 says why, too', async () => {
    const text =
      '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault>' +
      '<e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang="en">not you</e:Text></e:Reason>' +
      '</e:Fault></e:Body></e:Envelope>';
    const server = await answering((socket) =>
      socket.write(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/soap+xml\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      ),
    );
    expect(await refusal(clientOf(server).call('ncPowerDown', {}))).toMatchObject({
      code: 'Wire.PeerFault',
      details: { faultcode: 'e:Sender', peerMessage: 'not you' },
    });
  });
});

describe('replies without a signature', () => {
  const { response } = service.operations['ncPowerDown']!;
  const unsigned =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header></s:Header><s:Body>' +
    `${encodeMessage(response, { return: true })}</s:Body></s:Envelope>`;
  const write =
    (text: (request: string) => string): Answer =>
    (socket, request) => {
      const body = text(request);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    };

  it('are refused, unless it is said that the peer does not sign', async () => {
    const server = await answering(write(() => unsigned));
    const error = await refusal(clientOf(server).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.BadReply', details: { code: 'Wire.NotSigned' } });
    const trusting = clientOf(server, { verifyReplies: 'if-signed' });
    await expect(trusting.call('ncPowerDown', {})).resolves.toMatchObject({ return: true });
  });

  it('do not make a bad signature good', async () => {
    const server = await answering(write((request) => signedReply(request).replace('>true<', '>false<')));
    const error = await refusal(clientOf(server, { verifyReplies: 'if-signed' }).call('ncPowerDown', {}));
    expect(error).toMatchObject({ code: 'Wire.BadReply', details: { code: 'Wire.SignatureInvalid' } });
  });
});
