import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Metrics } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { createSoapHandler, type Handlers, type HttpHandler } from '@mallee/soap-rpc';
import { makeIdentity, scratchDirectory, type TestIdentity } from '@mallee/testing';
import {
  EucalyptusGL_2_0,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  type EucalyptusGLOperations_2_0,
  type EucalyptusNCOperations_2_0,
  type EucalyptusNCOperations_4_4,
  type ServiceTable,
} from '@mallee/wsdl-types';
import { runCli, type CliEnd } from '../test-support/run-cli.js';

const scratch = scratchDirectory();
const servers: Server[] = [];
let node: TestIdentity;
let cluster: TestIdentity;
let seen: unknown;

const file = (name: string): string => join(scratch.path, name);

const resources = {
  nodeStatus: 'OK',
  memorySizeMax: 4096,
  memorySizeAvailable: 1024,
  diskSizeMax: 100,
  diskSizeAvailable: 50,
  numberOfCoresMax: 8,
  numberOfCoresAvailable: 2,
  publicSubnets: 'none',
};

const handlers: Handlers<EucalyptusNCOperations_2_0> = {
  ncDescribeResource: async (request) => {
    seen = request;
    return resources;
  },
  ncStartNetwork: async (request) => {
    seen = request;
    return { networkStatus: 'SUCCESS', statusMessage: 0 };
  },
  ncRunInstance: async (request) => {
    seen = request;
    throw new MalleeError('Node.InsufficientResources', 'not enough memory');
  },
};

beforeAll(async () => {
  [node, cluster] = await Promise.all([makeIdentity('node'), makeIdentity('cluster')]);
  for (const [name, { privateKeyPem, certificatePem }] of Object.entries({ node, cluster })) {
    writeFileSync(file(`${name}.key`), privateKeyPem);
    writeFileSync(file(`${name}.pem`), certificatePem);
  }
});

afterAll(() => {
  for (const server of servers) server.close();
  scratch.remove();
});

function handlerOf<Ops>(service: ServiceTable, offered: Handlers<Ops>, signed = true): HttpHandler {
  return createSoapHandler<Ops>({
    service,
    identity: node,
    trusted: () => [cluster.certificatePem],
    suites: ['rsa-sha256', 'rsa-sha1'],
    signed,
    handlers: offered,
    logger: createLogger({ name: 'node', level: 'silent' }),
    metrics: new Metrics(),
  });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(handler: HttpHandler): Promise<string> {
  return listen(createServer((request, response) => void handler(request, response)));
}

const signing = (): string[] => [
  ...['--key', file('cluster.key'), '--cert', file('cluster.pem')],
  ...['--trust', file('node.pem'), '--timeout', '20'],
];

function nc(operation: string, host: string, ...more: string[]): Promise<CliEnd> {
  return runCli(['soap', 'nc', operation, '--host', host, ...signing(), ...more]);
}

describe('mallee soap SERVICE OPERATION', () => {
  let host: string;
  beforeAll(async () => {
    host = await serve(handlerOf(EucalyptusNC_2_0, handlers));
  });

  it('calls an operation and prints the verified reply as JSON', async () => {
    const { code, stdout, stderr } = await nc('describe-resource', host);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ ...resources, return: true, userId: 'eucalyptus' });
    expect(seen).toMatchObject({ userId: 'eucalyptus', correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('takes single fields, and lists item by item', async () => {
    const fields = ['vlan=10', 'remoteHostPort=0', 'remoteHosts=a', 'remoteHosts=b', 'userId=admin'];
    const { code } = await nc('start-network', host, ...fields.flatMap((field) => ['--set', field]));
    expect(code).toBe(0);
    expect(seen).toMatchObject({ vlan: 10, remoteHostPort: 0, remoteHosts: ['a', 'b'], userId: 'admin' });
  });

  it('takes a request from standard input, with single fields set above it, and prints what a failed operation answers', async () => {
    const request = {
      ...{
        imageId: 'emi-1',
        imageURL: 'http://h/i',
        instanceId: 'i-1',
        reservationId: 'r-1',
        keyName: '',
        groupNames: [],
      },
      instanceType: { name: 'm1.small', memory: 128, cores: 1, disk: 2, deviceMapping: [] },
      netParams: { privateMacAddress: 'd0:0d', privateIp: '0.0.0.0', publicIp: '0.0.0.0', vlan: -1, networkIndex: -1 },
    };
    const args = [
      '--host',
      host,
      ...signing(),
      '--input',
      '-',
      '--set',
      'instanceType.cores=3',
      '--set',
      'platform=linux',
    ];
    const { code, stdout, stderr } = await runCli(['soap', 'nc', 'run-instance', ...args], JSON.stringify(request));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ return: false });
    expect(stderr).toMatch(/Wire\.PeerFault: .*Node\.InsufficientResources: not enough memory\n +what to do: /);
    expect(seen).toMatchObject({ instanceId: 'i-1', platform: 'linux', instanceType: { cores: 3, memory: 128 } });
  });

  it('shows the signed messages, which its own verifier accepts', async () => {
    const { stderr } = await nc('describe-resource', host, '--dump', '--suite', 'rsa-sha1');
    const [, request = '', , reply = ''] = stderr.split('\n');
    expect(stderr).toMatch(/^--- request\n<.*\n--- reply \(HTTP 200\)\n<.*\n$/);
    writeFileSync(file('request.xml'), request);
    writeFileSync(file('reply.xml'), reply);
    const trust = ['--trust', file('cluster.pem'), '--trust', file('node.pem')];
    const { code, stdout } = await runCli(['soap', 'verify', ...trust, file('request.xml'), file('reply.xml')]);
    expect(stdout).toMatch(/^request.xml: accepted: request ncDescribeResource, body-timestamp, rsa-sha1\n/);
    expect(stdout).toMatch(/\nreply.xml: accepted: reply ncDescribeResourceResponse, .*\n.*MessageID.*\n.*CN=node\n$/);
    expect(code).toBe(0);
  });

  it('warns of what an original would not survive, and sends it all the same', async () => {
    const { code, stderr } = await nc('start-network', host, '--suite', 'rsa-sha1', '--set', 'userId=m\u00fcller');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^mallee: warning: Wire\.NotForOriginal: .*userId/)]);
  });

  it('speaks dialect 4.4', async () => {
    const base = { services: [], disabledServices: [], notreadyServices: [] };
    const more = { ...base, migrationCapable: false, iqn: 'none', hypervisor: 'KVM' };
    const offered: Handlers<EucalyptusNCOperations_4_4> = {
      ncDescribeResource: async () => ({ ...resources, ...more }),
    };
    const later = await serve(handlerOf(EucalyptusNC_4_4, offered));
    const { code, stdout } = await nc('ncDescribeResource', later, '--dialect', '4.4');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ hypervisor: 'KVM' });
  });

  it('calls GL without keys', async () => {
    const offered: Handlers<EucalyptusGLOperations_2_0> = {
      GetKeys: async ({ serviceTag }) => ({ serviceTag, CCcert: 'QQ==' }),
    };
    const gl = await serve(handlerOf(EucalyptusGL_2_0, offered, false));
    const { code, stdout } = await runCli(['soap', 'gl', 'get-keys', '--host', gl, '--json', '{"serviceTag":"self"}']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ serviceTag: 'self', CCcert: 'QQ==' });
  });

  it('calls over TLS and believes the certificate of --trust', async () => {
    const tls = { key: node.privateKeyPem, cert: node.certificatePem };
    const handler = handlerOf(EucalyptusNC_2_0, handlers);
    const secure = await listen(createTlsServer(tls, (request, response) => void handler(request, response)));
    const { code } = await nc('describe-resource', secure, '--tls');
    expect(code).toBe(0);
    const wrong = await nc('describe-resource', secure, '--tls', '--tls-pin', file('cluster.pem'));
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('Wire.TlsPinMismatch')]);
  });
});

describe('exit codes', () => {
  it('1 when the peer refuses the message', async () => {
    const host = await serve(handlerOf(EucalyptusNC_2_0, handlers));
    const own = ['--key', file('node.key'), '--cert', file('node.pem'), '--trust', file('node.pem')];
    const { code, stderr } = await runCli(['soap', 'nc', 'describe-resource', '--host', host, ...own]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('Wire.UnknownCertificate')]);
  });

  it('3 when nobody answers, and when the reply is not signed by --trust', async () => {
    const nobody = await nc('describe-resource', '127.0.0.1:1');
    expect([nobody.code, nobody.stderr]).toEqual([3, expect.stringMatching(/Wire\.PeerUnreachable.*\n +what to do: /)]);
    const host = await serve(handlerOf(EucalyptusNC_2_0, handlers));
    const stranger = await nc('describe-resource', host, '--trust', file('cluster.pem'));
    expect(stranger.code).toBe(0);
    const args = ['--key', file('cluster.key'), '--cert', file('cluster.pem'), '--trust', file('cluster.pem')];
    const unknown = await runCli(['soap', 'nc', 'describe-resource', '--host', host, ...args]);
    expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([3, '', expect.stringContaining('Wire.BadReply')]);
  });

  it.each([
    ['an unknown operation', ['soap', 'nc', 'fly']],
    ['no endpoint', ['soap', 'nc', 'describe-resource']],
    ['a service of several daemons without a port', ['soap', 'extension', 'hint', '--host', 'h']],
    ['no key', ['soap', 'nc', 'describe-resource', '--host', 'h']],
    ['a file that is not there', ['soap', 'verify', '--trust', '/nonexistent', 'x.xml']],
    ['a file that holds no certificate', ['soap', 'verify', '--trust', '/etc/hostname', '/etc/hostname']],
  ])('2 for %s', async (_what, args) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });

  it('2 and what to do about it', async () => {
    const { code, stderr } = await runCli(['soap', 'gl', 'get-keys', '--host', 'h', '--set', 'colour=red']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Command\.Invalid: .*colour.*\n +what to do: /)]);
  });

  it('2 for a request that does not fit the schema', async () => {
    const { code, stderr } = await nc('terminate-instance', '127.0.0.1:1');
    expect([code, stderr]).toEqual([2, expect.stringContaining('instanceId')]);
  });
});

describe('help', () => {
  it('lists every operation of the tables', async () => {
    const { code, stdout } = await runCli(['soap', 'nc', '--help']);
    expect(code).toBe(0);
    const names = [EucalyptusNC_2_0, EucalyptusNC_4_4].flatMap(({ operations }) => Object.keys(operations));
    for (const name of names) expect(stdout).toContain(`|${name} `);
  });

  it('shows the fields of an operation with their types, of the dialect asked for', async () => {
    const { stdout } = await runCli(['soap', 'nc', 'run-instance', '--help']);
    expect(stdout).toMatch(/^ {2}instanceId \* +string$/m);
    expect(stdout).toMatch(/^ {4}deviceMapping +deviceMappingType \.\.\.$/m);
    const later = await runCli(['soap', 'nc', 'run-instance', '--dialect', '4.4', '--help']);
    expect(later.stdout).toMatch(/^ {4}virtualBootRecord +virtualBootRecordType \.\.\.$/m);
  });
});
