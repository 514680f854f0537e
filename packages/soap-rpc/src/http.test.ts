import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { describeShared, makeIdentity } from '@mallee/testing';
import { encodeMessage, EucalyptusCC_2_0, EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, MessageVerifier, type IdentityPem } from '@mallee/ws-security';
import { serveSoap, type TestServer } from './test-support/peers.js';

const service = EucalyptusNC_2_0;
const describeResource = service.operations['ncDescribeResource']!;
const terminate = service.operations['ncTerminateInstance']!;
const resource = {
  nodeStatus: 'OK',
  memorySizeMax: 4096,
  memorySizeAvailable: 3968,
  diskSizeMax: 100,
  diskSizeAvailable: 50,
  numberOfCoresMax: 8,
  numberOfCoresAvailable: 7,
  publicSubnets: 'none',
};
const handlers = { ncDescribeResource: async () => resource };

let cluster: IdentityPem;
let node: IdentityPem;
let nc: TestServer;
let endpoint: string;

beforeAll(async () => {
  [cluster, node] = await Promise.all([makeIdentity('cluster'), makeIdentity('node')]);
  nc = await serveSoap<EucalyptusNCOperations_2_0>(service, node, [cluster.certificatePem], handlers, {
    limits: { maxBytes: 65_536 },
  });
  endpoint = nc.url + service.path;
});
afterAll(() => nc.close());

interface Changes {
  readonly to?: string;
  readonly action?: string;
  readonly payload?: string;
}

function signed({ to = endpoint, action = describeResource.soapAction, payload }: Changes = {}): string {
  const signer = new MessageSigner({ identity: loadIdentity(cluster) });
  return signer.sign({ to, action, payload: payload ?? encodeMessage(describeResource.request, {}) }).text;
}

async function post(
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const given = { 'content-type': 'text/xml', soapaction: `"${describeResource.soapAction}"`, ...headers };
  const response = await fetch(endpoint, { method: 'POST', body: body as never, headers: given });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Code in the detail of a fault. */
function code(text: string): string | undefined {
  return /<m:Code>([^<]*)</.exec(text)?.[1];
}

describe('what the originals accept is accepted', () => {
  const soapActions = [`"${describeResource.soapAction}"`, describeResource.soapAction, '""', ''];
  test.each(soapActions)('SOAPAction: %s', async (soapaction) => {
    expect((await post(signed(), { soapaction })).status).toBe(200);
  });

  test.each(['text/xml', 'text/xml;charset=UTF-8', 'Text/XML; charset="utf-8"'])('Content-Type: %s', async (type) => {
    expect((await post(signed(), { 'content-type': type })).status).toBe(200);
  });

  test('a chunked body, an XML declaration and other layouts of the wire', async () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>${signed()}`;
    const half = Math.floor(text.length / 2);
    const body = `${half.toString(16)}\r\n${text.slice(0, half)}\r\n${(text.length - half).toString(16)}\r\n${text.slice(half)}\r\n0\r\n\r\n`;
    const head = `POST ${service.path} HTTP/1.1\r\nHost: x\r\nSOAPAction: ""\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    expect(await raw(head + body)).toMatch(/^HTTP\/1.1 200 /);
  });

  test.each([
    ['HTTP/1.1', 'Expect: 100-continue\r\n', /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /],
    ['HTTP/1.0', '', /^HTTP\/1\.1 200 /],
  ])('%s with %j', async (version, header, answer) => {
    const text = signed();
    const head = `POST ${service.path} ${version}\r\nHost: x\r\nSOAPAction: ""\r\nContent-Type: text/xml\r\n${header}`;
    expect(await raw(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)).toMatch(answer);
  });

  test('the reply is signed by the node, in the layout of Axis2/C', async () => {
    const { text, headers } = await post(signed());
    expect(headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    expect(text).not.toContain('<wsa:To');
    expect(text).toContain(`<wsa:Address>${endpoint}</wsa:Address>`);
    const requestId = /<wsa:RelatesTo [^>]*>([^<]*)</.exec(text)?.[1] ?? '';
    const verifier = new MessageVerifier({ trusted: () => [node.certificatePem] });
    expect(verifier.verifyReply(text, requestId).payload.local).toBe('ncDescribeResourceResponse');
  });
});

describe('refused with an unsigned fault and status 500', () => {
  const cases: readonly (readonly [string, () => string, Record<string, string>, string])[] = [
    [
      'W13 SOAPAction of another operation',
      () => signed(),
      { soapaction: terminate.soapAction },
      'Wire.PolicyViolation',
    ],
    [
      'W13 wsa:Action of another operation',
      () => signed({ action: terminate.soapAction }),
      { soapaction: '' },
      'Wire.PolicyViolation',
    ],
    [
      'W32 a message for another service',
      () => signed({ to: 'http://10.0.0.2:8774/axis2/services/EucalyptusCC' }),
      {},
      'Wire.PolicyViolation',
    ],
    ['W32 a To that is no URL', () => signed({ to: service.path }), {}, 'Wire.PolicyViolation'],
    [
      'an unknown operation',
      () => signed({ payload: '<n:x xmlns:n="http://eucalyptus.ucsb.edu/"></n:x>' }),
      {},
      'Wire.UnknownOperation',
    ],
    [
      'an operation in another namespace',
      () => signed({ payload: '<n:ncDescribeResource xmlns:n="urn:x"></n:ncDescribeResource>' }),
      {},
      'Wire.UnknownOperation',
    ],
    [
      'content against the schema',
      () =>
        signed({
          payload: '<n:ncDescribeResource xmlns:n="http://eucalyptus.ucsb.edu/"><n:x></n:x></n:ncDescribeResource>',
        }),
      {},
      'Wire.MalformedMessage',
    ],
    ['no XML', () => 'hello', {}, 'Wire.MalformedXml'],
    ['nothing', () => '', {}, 'Wire.MalformedXml'],
    [
      'an unsigned message',
      () => '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body></s:Envelope>',
      {},
      'Wire.NotSigned',
    ],
    ['SOAP 1.2', () => signed(), { 'content-type': 'application/soap+xml; action="x"' }, 'Wire.VersionMismatch'],
    ['a packed body', () => signed(), { 'content-encoding': 'gzip' }, 'Wire.MalformedMessage'],
    ['too much', () => `<a>${'x'.repeat(70_000)}</a>`, {}, 'Wire.LimitExceeded'],
  ];
  test.each(cases)('%s', async (_what, body, headers, expected) => {
    const { status, text } = await post(body(), headers);
    expect([status, code(text)]).toEqual([500, expected]);
    expect(text).not.toContain('Signature');
  });

  test('W30 a replay', async () => {
    const text = signed();
    expect((await post(text)).status).toBe(200);
    expect(code((await post(text)).text)).toBe('Wire.Replayed');
  });

  test('W32 a message for another host, where addresses are configured', async () => {
    const strict = await serveSoap<EucalyptusNCOperations_2_0>(service, node, [cluster.certificatePem], handlers, {
      addresses: () => [`http://10.0.0.9:8775${service.path}`],
    });
    const send = async (to: string): Promise<number> => {
      const headers = { 'content-type': 'text/xml', soapaction: '' };
      return (await fetch(strict.url + service.path, { method: 'POST', headers, body: signed({ to }) })).status;
    };
    expect(await send(`http://10.0.0.2:8775${service.path}`)).toBe(500);
    expect(await send(`http://10.0.0.9:8775${service.path}`)).toBe(200);
    await strict.close();
  });
});

describe('what is no SOAP request', () => {
  it('gets the 404 page of the originals without SOAPAction', async () => {
    const response = await fetch(endpoint, { method: 'POST', body: signed(), headers: { 'content-type': 'text/xml' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html']);
  });

  it('gets 405 with another method, and 404 for a WSDL that is not there', async () => {
    expect((await fetch(endpoint)).status).toBe(405);
    expect((await fetch(`${endpoint}?wsdl`)).status).toBe(404);
  });
});

describeShared('captures of the original C daemons, sent byte by byte', (shared) => {
  const folder = `${shared}/fixtures/rampart-c`;
  const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');

  /** A CC and an NC with the keys and at the time of the captures. */
  async function original(file: string): Promise<TestServer> {
    const [role, sender, table] = file.startsWith('nc')
      ? (['node', 'cluster', service] as const)
      : (['cluster', 'cloud', EucalyptusCC_2_0] as const);
    const pem = (name: string): string => read(`keys/test-only-${name}.pem`);
    const identity = { privateKeyPem: pem(`${role}-key`), certificatePem: pem(`${role}-cert`) };
    const created = Date.parse(
      /<wsu:Created>([^<]*)</.exec(read(`body-timestamp/${file}`.replace(/^.*\//, 'body-timestamp/signed/')))?.[1] ??
        '',
    );
    return serveSoap<EucalyptusNCOperations_2_0>(table, identity, [pem(`${sender}-cert`)], handlers, {
      suites: ['rsa-sha256', 'rsa-sha1'],
      clock: () => created + 100,
    });
  }

  test('an original CC is answered, signed with RSA-SHA1 like its request', async () => {
    const server = await original('ncDescribeResource.CC-to-NC.request.http');
    const answer = await raw(read('body-timestamp/signed/ncDescribeResource.CC-to-NC.request.http'), server);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain('http://www.w3.org/2000/09/xmldsig#rsa-sha1');
    expect(answer).toContain('<n:memorySizeAvailable>3968</n:memorySizeAvailable>');
    await server.close();
  });

  test('a request without SOAPAction gets 404 and a page', async () => {
    const server = await original('ncDescribeResource.CC-to-NC.request.http');
    const answer = await raw(
      read('body-timestamp/rejected/ncDescribeResource.no-soapaction-header.request.http'),
      server,
    );
    expect(answer).toMatch(/^HTTP\/1.1 404 .*content-type: text\/html/is);
    await server.close();
  });
});

/** Sends bytes and returns all that comes until the connection is quiet or closed. */
function raw(bytes: string, server = nc): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (/<\/(soapenv:Envelope|html)>\s*$/.test(answer)) socket.end();
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
    socket.write(bytes);
  });
}
