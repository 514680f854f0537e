import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { createLogger, type Logger, type PeerRules } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { makeIdentity } from '@mallee/testing';
import {
  encodeMessage,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  MalleeExtension,
  type EucalyptusNCOperations_2_0,
  type MessageTable,
  type OperationTable,
} from '@mallee/wsdl-types';
import {
  loadIdentity,
  MessageSigner,
  MessageVerifier,
  profiles,
  type IdentityPem,
  type SuiteName,
} from '@mallee/ws-security';
import { Metrics } from '@mallee/daemon';
import {
  createSoapEndpoint,
  createSoapHandler,
  notSupported,
  serve,
  servedOperations,
  type AllHandlers,
  type Handlers,
} from './index.js';
import { servePart } from './operations.js';
import { quiet, serve as listen, type TestServer } from './test-support/peers.js';

const path = EucalyptusNC_2_0.path;
const resources = {
  memorySizeMax: 1,
  memorySizeAvailable: 1,
  diskSizeMax: 1,
  diskSizeAvailable: 1,
  numberOfCoresMax: 1,
  numberOfCoresAvailable: 1,
  publicSubnets: 'none',
};
const more = { migrationCapable: false, iqn: '', hypervisor: 'kvm' };
const dialects = [
  servePart(EucalyptusNC_2_0, {
    ncDescribeResource: async () => ({ ...resources, nodeStatus: 'OK' }),
    ncAttachVolume: notSupported('no volumes here'),
    ncGetConsoleOutput: async () => ({ consoleOutput: 'gr\u00fc\u00dfe\r\n\u{1f600}' }),
  }),
  servePart(EucalyptusNC_4_4, {
    ncDescribeResource: async () => ({ ...resources, ...more, nodeStatus: 'enabled' }),
    ncAttachVolume: notSupported('no volumes here'),
    ncStopInstance: async () => {
      throw new MalleeError('Node.UnknownInstance', 'unknown');
    },
  }),
];

let cluster: IdentityPem;
let old: IdentityPem;
let older: IdentityPem;
let stranger: IdentityPem;
let node: IdentityPem;
let rules: PeerRules[] = [];
const warnings: string[] = [];
const metrics = new Metrics();
let server: TestServer;

beforeAll(async () => {
  const names = ['cluster', 'old', 'older', 'stranger', 'node'];
  [cluster, old, older, stranger, node] = (await Promise.all(
    names.map((name) => makeIdentity(name)),
  )) as IdentityPem[] as [IdentityPem, IdentityPem, IdentityPem, IdentityPem, IdentityPem];
  rules = [
    { certificatePem: old.certificatePem, profile: 'body-timestamp', suite: 'rsa-sha1', dialect: '4.4' },
    // Another line length: the certificate counts, not its text.
    { certificatePem: rewrapped(older.certificatePem), profile: 'headers-only', suite: 'rsa-sha1', dialect: '2.0' },
    { certificatePem: stranger.certificatePem, profile: 'headers-only', suite: 'rsa-sha1' },
  ];
  const trusted = [cluster, old, older].map(({ certificatePem }) => certificatePem);
  const logger = {
    ...quiet,
    warn: (fields: object, text: string) => warnings.push(`${JSON.stringify(fields)} ${text}`),
  };
  server = await listen(
    createSoapEndpoint({
      dialects,
      identity: node,
      trusted: () => trusted,
      peers: () => rules,
      logger: logger as unknown as Logger,
      metrics,
    }),
    metrics,
  );
});
afterAll(() => server.close());

function rewrapped(pem: string): string {
  const body = pem.replaceAll(/-----[^-]*-----|\s/g, '').replaceAll(/(.{20})/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

interface Sent {
  readonly from?: IdentityPem;
  readonly suite?: SuiteName;
  readonly profile?: 'body-timestamp' | 'headers-only';
  readonly request?: object;
  readonly clock?: () => number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly payload: string;
  readonly code: string | undefined;
}

async function send(operation: OperationTable, sent: Sent = {}): Promise<Answer> {
  const { from = cluster, suite = 'rsa-sha256', profile = 'body-timestamp', request = {}, clock = Date.now } = sent;
  const signer = new MessageSigner({ identity: loadIdentity(from), suite, clock, profile: profiles[profile] });
  const payload = encodeMessage(operation.request, request);
  const { text: message, messageId } = signer.sign({ to: server.url + path, action: operation.soapAction, payload });
  const headers = { 'content-type': 'text/xml', soapaction: operation.soapAction };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: message });
  const text = await response.text();
  if (response.status === 200) {
    const peer = { certificatePem: node.certificatePem, profile: profiles[profile], suites: [suite] };
    const verified = new MessageVerifier({ trusted: () => [peer] }).verifyReply(text, messageId);
    expect(verified).toMatchObject({ bodySigned: true, suite, profile });
  }
  return {
    status: response.status,
    text,
    payload: /<soapenv:Body[^>]*>(.*)<\/soapenv:Body>/s.exec(text)?.[1]?.replaceAll('n:', '') ?? '',
    code: /<m:Code>([^<]*)</.exec(text)?.[1],
  };
}

const nc20 = EucalyptusNC_2_0.operations;
const nc44 = EucalyptusNC_4_4.operations;

describe('an endpoint of two dialects', () => {
  it('answers in the dialect of the request', async () => {
    const reply20 = await send(nc20['ncDescribeResource']!, { request: { userId: 'u' } });
    expect(reply20.payload).toMatch(
      /<userId>u<\/userId><return>true<\/return><nodeStatus>OK<.*>none<\/publicSubnets><\//,
    );
    const reply44 = await send(nc44['ncDescribeResource']!, {
      request: { correlationId: 'c-1', userId: 'u', epoch: 3 },
    });
    expect(reply44.payload).toMatch(
      /<correlationId>c-1<.*<nodeStatus>enabled<\/nodeStatus><migrationCapable>false<.*<hypervisor>kvm</,
    );
  });

  it('counts by dialect', async () => {
    await send(nc44['ncDescribeResource']!, { request: { epoch: 3 } });
    expect(await metrics.registry.metrics()).toMatch(
      /soap_requests_total\{[^}]*dialect="4.4",operation="ncDescribeResource"/,
    );
  });

  it.each([
    ['2.0', nc20, {}, /<return>false<\/return><statusMessage>2<\/statusMessage><\/ncAttachVolumeResponse>$/],
    [
      '4.4',
      nc44,
      { epoch: 1 },
      /<statusMessage>Wire.OperationNotSupported: [^<]*no volumes here<\/statusMessage><return>false<\/return>/,
    ],
  ] as const)(
    'says in %s that an operation is not supported, signed',
    async (_dialect, operations, request, expected) => {
      const { status, payload } = await send(operations['ncAttachVolume']!, { request });
      expect(status).toBe(200);
      expect(payload).toMatch(expected);
    },
  );

  const missing = [...Object.entries(nc20), ...Object.entries(nc44)].filter(
    ([name]) => !['ncDescribeResource', 'ncGetConsoleOutput'].includes(name),
  );
  test.each(missing)('%s, without a handler or failing, is no fault', async (_name, operation) => {
    const { status, payload } = await send(operation, { request: exampleOf(operation.request) });
    expect(status).toBe(200);
    expect(payload).toContain('<return>false</return>');
  });

  it('serves the WSDL of each dialect', async () => {
    const wsdls = dialects.map((dialect) => ({ ...dialect, wsdl: `<definitions v="${dialect.service.dialect}"/>` }));
    const common = { identity: node, trusted: () => [], logger: quiet, metrics: new Metrics() };
    const other = await listen(createSoapEndpoint({ dialects: wsdls, ...common }));
    const get = async (query: string) => (await fetch(`${other.url}${path}${query}`)).text();
    expect(await get('?wsdl')).toContain('2.0');
    expect(await get('?wsdl=4.4')).toContain('4.4');
    expect(await get('?wsdl=3.0')).toContain('no such WSDL');
    await other.close();
  });
});

describe('a peer with rules', () => {
  it('is answered in its dialect where a message shows none, with its algorithms', async () => {
    const { payload, text } = await send(nc44['ncDescribeResource']!, { from: old, suite: 'rsa-sha1' });
    expect(payload).toContain('<hypervisor>kvm</hypervisor>');
    expect(text).toContain('xmldsig#rsa-sha1');
  });

  it('is refused with a message of another dialect', async () => {
    const answer = await send(nc20['ncTerminateInstance']!, {
      from: old,
      suite: 'rsa-sha1',
      request: { instanceId: 'i' },
    });
    expect([answer.status, answer.code]).toEqual([500, 'Wire.WrongDialect']);
  });

  it('may use its own algorithms only, and others not those', async () => {
    expect((await send(nc44['ncDescribeResource']!, { from: old })).code).toBe('Wire.AlgorithmRefused');
    expect((await send(nc44['ncDescribeResource']!, { suite: 'rsa-sha1' })).code).toBe('Wire.AlgorithmRefused');
  });

  it('is held to its profile, and others not to that', async () => {
    const weak = { suite: 'rsa-sha1', profile: 'headers-only' } as const;
    expect((await send(nc20['ncDescribeResource']!, { from: older, ...weak })).status).toBe(200);
    expect((await send(nc20['ncDescribeResource']!, { from: older, suite: 'rsa-sha1' })).code).toBe(
      'Wire.PolicyViolation',
    );
    expect((await send(nc20['ncDescribeResource']!, { from: old, ...weak })).code).toBe('Wire.PolicyViolation');
    expect((await send(nc20['ncDescribeResource']!, { profile: 'headers-only' })).code).toBe('Wire.PolicyViolation');
  });

  it('is not trusted by its rules alone', async () => {
    const weak = { suite: 'rsa-sha1', profile: 'headers-only' } as const;
    expect((await send(nc20['ncDescribeResource']!, { from: stranger, ...weak })).code).toBe('Wire.UnknownCertificate');
  });

  it('of profile headers-only is warned of at start and counted', async () => {
    await send(nc20['ncDescribeResource']!, { from: older, suite: 'rsa-sha1', profile: 'headers-only' });
    expect(warnings.filter((text) => text.includes('headers-only') && text.includes('not protected'))).toHaveLength(2);
    expect(await metrics.registry.metrics()).toMatch(
      /mallee_soap_legacy_requests_total\{service="EucalyptusNC",peer="[0-9a-f]{16}",profile="headers-only",body="signed"\} [1-9]/,
    );
  });

  it('gets text in ASCII, which is all that originals can read', async () => {
    const original = await send(nc20['ncGetConsoleOutput']!, {
      from: older,
      suite: 'rsa-sha1',
      profile: 'headers-only',
      request: { instanceId: 'i' },
    });
    expect(original.payload).toContain('<consoleOutput>gr??e\n?</consoleOutput>');
    const ours = await send(nc20['ncGetConsoleOutput']!, { request: { instanceId: 'i' } });
    expect(ours.payload).toContain('gr\u00fc\u00dfe&#xD;\n\u{1f600}');
  });

  it('has no rules at a service of our own', async () => {
    const handlers: Handlers<never> = {};
    const common = {
      identity: node,
      trusted: () => [older.certificatePem],
      peers: () => rules,
      metrics: new Metrics(),
    };
    const warned: string[] = [];
    const logger = { ...quiet, warn: (_fields: object, text: string) => warned.push(text) } as unknown as Logger;
    const own = await listen(createSoapHandler({ service: MalleeExtension, handlers, ...common, logger }));
    expect(warned).toEqual([]);
    const hint = MalleeExtension.operations['Hint']!;
    const signer = new MessageSigner({
      identity: loadIdentity(older),
      suite: 'rsa-sha1',
      profile: profiles['headers-only'],
    });
    const payload = encodeMessage(hint.request, { source: 'x', subjects: [] });
    const { text } = signer.sign({ to: own.url + MalleeExtension.path, action: hint.soapAction, payload });
    const headers = { 'content-type': 'text/xml', soapaction: hint.soapAction };
    const response = await fetch(own.url + MalleeExtension.path, { method: 'POST', headers, body: text });
    expect(await response.text()).toContain('<m:Code>Wire.');
    await own.close();
  });
});

describe('an endpoint of an original service and one of our own', () => {
  it('opens ours to nobody with rules of originals', async () => {
    const service = { ...MalleeExtension, path };
    const own = servePart(service, { Hint: async () => ({}) });
    const common = { identity: node, trusted: () => [old.certificatePem, cluster.certificatePem], peers: () => rules };
    const both = createSoapEndpoint({ dialects: [own, ...dialects], ...common, logger: quiet, metrics: new Metrics() });
    const mixed = await listen(both);
    const hint = MalleeExtension.operations['Hint']!;
    const ask = async (identity: IdentityPem, suite: SuiteName, operation = hint): Promise<string> => {
      const signer = new MessageSigner({ identity: loadIdentity(identity), suite });
      const payload = encodeMessage(operation.request, operation === hint ? { source: 'x', subjects: [] } : {});
      const { text } = signer.sign({ to: mixed.url + path, action: operation.soapAction, payload });
      const headers = { 'content-type': 'text/xml', soapaction: '' };
      return (await fetch(mixed.url + path, { method: 'POST', headers, body: text })).text();
    };
    expect(await ask(old, 'rsa-sha1', nc44['ncDescribeResource'])).toContain('hypervisor');
    expect(await ask(cluster, 'rsa-sha256')).toContain('HintResponse');
    expect(await ask(old, 'rsa-sha1')).toContain('Wire.PolicyViolation');
    await mixed.close();
  });
});

describe('the clock of a peer', () => {
  it('is a figure of its own, also of a message that is refused for it', async () => {
    const figure = async (): Promise<number> => {
      const text = await metrics.registry.metrics();
      const pattern = /mallee_soap_clock_skew_seconds\{service="EucalyptusNC",peer="[0-9a-f]{16}"\} (\S+)/;
      return Number(pattern.exec(text)?.[1]);
    };
    await send(nc20['ncDescribeResource']!);
    expect(Math.abs(await figure())).toBeLessThan(10);
    const answer = await send(nc20['ncDescribeResource']!, { clock: () => Date.now() + 120_000 });
    expect(answer.code).toBe('Wire.ClockSkew');
    expect(await figure()).toBeGreaterThan(100);
  });
});

describe('an endpoint is not made', () => {
  const options = {
    identity: undefined as never,
    trusted: () => [],
    logger: createLogger({ name: 'x', level: 'silent' }),
    metrics,
  };
  it('without signatures for a service other than GL', () => {
    expect(() => createSoapEndpoint({ ...options, dialects, signed: false })).toThrow(
      /EucalyptusNC is served with signatures/,
    );
  });

  it('for services of several paths, or none', () => {
    const mixed = [dialects[0]!, servePart(MalleeExtension, {})];
    expect(() => createSoapEndpoint({ ...options, dialects: mixed })).toThrow(/one path/);
    expect(() => createSoapEndpoint({ ...options, dialects: [] })).toThrow(/one path/);
  });

  it('with an operation forgotten: the compiler asks for each', () => {
    // @ts-expect-error the other operations are missing
    const handlers: AllHandlers<EucalyptusNCOperations_2_0> = { ncDescribeResource: notSupported('x') };
    const offered = servedOperations(serve<EucalyptusNCOperations_2_0>(EucalyptusNC_2_0, handlers));
    expect(offered).toHaveLength(Object.keys(nc20).length);
    expect(offered.find(({ name }) => name === 'ncDescribeResource')).toEqual({
      name: 'ncDescribeResource',
      soapAction: 'EucalyptusNC#ncDescribeResource',
      notSupported: 'x',
      remark: undefined,
    });
  });
});

/** A request with every required element. */
function exampleOf({ type }: MessageTable): object {
  const values: Record<string, unknown> = {
    string: 'x',
    int: 1,
    long: 1,
    boolean: true,
    double: 1,
    dateTime: '2026-01-01T00:00:00Z',
  };
  const fill = (fields: MessageTable['type']['fields']): object =>
    Object.fromEntries(
      fields
        .filter(({ min }) => min > 0)
        .map(({ name, type: one, max }) => {
          const value = typeof one === 'string' ? values[one] : fill(one.fields);
          return [name, max > 1 ? [value] : value];
        }),
    );
  return fill(type.fields);
}
