import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSelfSignedCertificate } from '@mallee/certificates';
import { Health, HttpListener, Metrics } from '@mallee/daemon';
import { makeIdentity, scratchDirectory } from '@mallee/testing';
import { EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import type { IdentityPem } from '@mallee/ws-security';
import { createSoapHandler } from './handler.js';
import { PeerLink, SoapClient, SoapServer, type TlsTrust } from './index.js';
import { servePart } from './operations.js';
import { quiet } from './test-support/peers.js';

let cluster: IdentityPem;
let node: IdentityPem;
let other: IdentityPem;
beforeAll(async () => {
  [cluster, node, other] = await Promise.all([makeIdentity('cluster'), makeIdentity('node'), makeIdentity('other')]);
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface TlsPeer {
  readonly port: number;
  readonly requests: () => number;
  readonly connections: () => number;
}

/** A node behind a real TLS server that shows `identity`. */
async function tlsPeer(identity: IdentityPem, more: TlsOptions = {}): Promise<TlsPeer> {
  const handler = createSoapHandler<EucalyptusNCOperations_2_0>({
    service: EucalyptusNC_2_0,
    identity: node,
    trusted: () => [cluster.certificatePem],
    logger: quiet,
    metrics: new Metrics(),
    handlers: { ncPowerDown: async () => ({ statusMessage: 0 }) },
  });
  let requests = 0;
  let connections = 0;
  const pair = { key: identity.privateKeyPem, cert: identity.certificatePem };
  const server = createServer({ ...pair, ...more }, (request, response) => {
    requests += 1;
    void handler(request, response);
  });
  server.on('secureConnection', () => (connections += 1));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { port, requests: () => requests, connections: () => connections };
}

function clientOf(port: number, tls: TlsTrust, host = '127.0.0.1'): SoapClient<EucalyptusNCOperations_2_0> {
  const client = new SoapClient<EucalyptusNCOperations_2_0>({
    service: EucalyptusNC_2_0,
    url: `https://${host}:${port}${EucalyptusNC_2_0.path}`,
    identity: cluster,
    peerCertificates: [node.certificatePem],
    tls,
    breaker: false,
  });
  cleanUps.push(() => client.close());
  return client;
}

const power = (client: SoapClient<EucalyptusNCOperations_2_0>): Promise<unknown> =>
  client.call('ncPowerDown', {}).catch((error: unknown) => error);

describe('TLS to a pinned certificate', () => {
  it('needs that certificate and nothing else: no authority, no host name, and the connection is kept', async () => {
    const peer = await tlsPeer(node);
    const client = clientOf(peer.port, { pinnedCertificates: [other.certificatePem, node.certificatePem] });
    for (let count = 0; count < 3; count += 1) expect(await power(client)).toMatchObject({ return: true });
    expect([peer.requests(), peer.connections()]).toEqual([3, 1]);
  });

  it('refuses another certificate before anything is sent, and names it', async () => {
    const peer = await tlsPeer(other);
    expect(await power(clientOf(peer.port, { pinnedCertificates: [node.certificatePem] }))).toMatchObject({
      code: 'Wire.TlsPinMismatch',
      message: expect.stringMatching(/the certificate shown is ([0-9A-F]{2}:){31}[0-9A-F]{2}/),
      details: { sent: false, url: `https://127.0.0.1:${peer.port}` },
    });
    expect(peer.requests()).toBe(0);
  });

  it('refuses a certificate that only has the same key', async () => {
    const { privateKeyPem } = node;
    const again = createSelfSignedCertificate({ privateKeyPem, commonName: 'node again' });
    const peer = await tlsPeer({ privateKeyPem, certificatePem: again });
    const error = await power(clientOf(peer.port, { pinnedCertificates: [node.certificatePem] }));
    expect(error).toMatchObject({ code: 'Wire.TlsPinMismatch' });
  });

  it('asks for the pins at each connection, and survives pins that cannot be read', async () => {
    const peer = await tlsPeer(node);
    let pins = [other.certificatePem];
    const client = clientOf(peer.port, { pinnedCertificates: () => pins });
    expect(await power(client)).toMatchObject({ code: 'Wire.TlsPinMismatch' });
    pins = ['nonsense'];
    expect(await power(client)).toMatchObject({ code: 'Configuration.Invalid' });
    pins = [node.certificatePem];
    expect(await power(client)).toMatchObject({ return: true });
  });
});

it('joins our client to the listener of our daemons, and follows it to a new pair', async () => {
  const scratch = scratchDirectory();
  cleanUps.push(() => scratch.remove());
  const files = { key: join(scratch.path, 'tls-key.pem'), certificate: join(scratch.path, 'tls-cert.pem') };
  const write = ({ privateKeyPem, certificatePem }: IdentityPem): void => {
    writeFileSync(files.key, privateKeyPem);
    writeFileSync(files.certificate, certificatePem);
  };
  write(node);
  const keys = { privateKey: files.key, certificate: files.certificate };
  const metrics = new Metrics();
  const http = new HttpListener({
    host: '127.0.0.1',
    port: 0,
    tls: files,
    logger: quiet,
    metrics,
    health: new Health(),
  });
  const config = { keys, peers: [], listen: { host: '127.0.0.1', port: 0 } };
  const server = new SoapServer({ config, logger: quiet, metrics, http });
  const handlers = { ncPowerDown: async () => ({ statusMessage: 0 }) };
  server.route([servePart(EucalyptusNC_2_0, handlers)], { trusted: () => [cluster.certificatePem] });
  const { port } = await http.listen();
  cleanUps.push(() => http.close(0));
  expect(await power(clientOf(port, { pinnedCertificates: [node.certificatePem] }))).toMatchObject({ return: true });

  write(other);
  const after = clientOf(port, { pinnedCertificates: [other.certificatePem] });
  let error: unknown;
  // The listener looks at its files from time to time. The reply is signed by whichever key the daemon has: only TLS matters here.
  for (let count = 0; count < 300; count += 1) {
    error = await power(after);
    if ((error as { code?: string }).code !== 'Wire.TlsPinMismatch') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(error).not.toMatchObject({ code: 'Wire.TlsPinMismatch' });
});

describe('TLS with an authority', () => {
  it('takes a certificate that it issued for the host of the URL', async () => {
    const peer = await tlsPeer(await named('localhost'));
    const ca = [(await named('localhost')).certificatePem];
    expect(await power(clientOf(peer.port, { ca }, 'localhost'))).toMatchObject({ return: true });
  });

  it('refuses one for another host, and one of somebody else, and says why', async () => {
    const identity = await named('elsewhere.example');
    const peer = await tlsPeer(identity);
    expect(await power(clientOf(peer.port, { ca: [identity.certificatePem] }, 'localhost'))).toMatchObject({
      code: 'Wire.PeerUnreachable',
      details: { sent: false, reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    expect(await power(clientOf(peer.port, { ca: [other.certificatePem] }, 'localhost'))).toMatchObject({
      code: 'Wire.PeerUnreachable',
      details: { sent: false, reason: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) },
    });
    expect(peer.requests()).toBe(0);
  });

  const known = new Map<string, IdentityPem>();
  /** Its own authority, as all certificates of the project are. */
  async function named(commonName: string): Promise<IdentityPem> {
    const identity = known.get(commonName) ?? (await makeIdentity(commonName));
    known.set(commonName, identity);
    return identity;
  }
});

describe('TLS settings', () => {
  it('refuse versions before 1.2', async () => {
    const peer = await tlsPeer(node, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await power(clientOf(peer.port, { pinnedCertificates: [node.certificatePem] }))).toMatchObject({
      code: 'Wire.PeerUnreachable',
      details: { sent: false, reason: expect.stringMatching(/VERSION|PROTOCOL/) },
    });
  });

  it('tell a peer that speaks plain HTTP', async () => {
    const { createServer: createPlain } = await import('node:http');
    const plain = createPlain();
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => plain.close());
    const { port } = plain.address() as AddressInfo;
    const error = await power(clientOf(port, { pinnedCertificates: [node.certificatePem] }));
    expect(error).toMatchObject({ code: 'Wire.PeerUnreachable', details: { sent: false } });
  });

  it('and URLs that do not go together are refused at once', () => {
    const make = (url: string, tls?: TlsTrust): unknown => new PeerLink({ url, ...(tls === undefined ? {} : { tls }) });
    expect(() => make('https://x/')).toThrow(/needs `tls`/);
    expect(() => make('http://x/', { ca: [node.certificatePem] })).toThrow(/is not https/);
    expect(() => make('https://x/', {})).toThrow(/a pinned certificate or an authority/);
    expect(() => make('https://x/', { pinnedCertificates: ['nonsense'] })).toThrow(/cannot be read/);
  });
});
