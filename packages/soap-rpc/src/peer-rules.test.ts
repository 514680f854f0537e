import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metrics, type Logger } from '@mallee/daemon';
import {
  encodeMessage,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  MalleeExtension,
  type OperationTable,
} from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, profiles, type IdentityPem, type SuiteName } from '@mallee/ws-security';
import { createSoapEndpoint, createSoapHandler, type Handlers } from './index.js';
import { servePart } from './operations.js';
import { DialectEndpoint, dialects, path, type Answer, type Sent } from './test-support/dialect-endpoint.js';
import { quiet, serve as serveHttp } from './test-support/peers.js';

const nc20 = EucalyptusNC_2_0.operations;
const nc44 = EucalyptusNC_4_4.operations;

let endpoint: DialectEndpoint;
const send = (operation: OperationTable, sent?: Sent): Promise<Answer> => endpoint.send(operation, sent);

beforeAll(async () => {
  endpoint = await DialectEndpoint.start();
});
afterAll(() => endpoint.close());

describe('a peer with rules', () => {
  it('is answered in its dialect where a message shows none, with its algorithms', async () => {
    const { payload, text } = await send(nc44['ncDescribeResource']!, {
      from: endpoint.callers.old,
      suite: 'rsa-sha1',
    });
    expect(payload).toContain('<hypervisor>kvm</hypervisor>');
    expect(text).toContain('xmldsig#rsa-sha1');
  });

  it('is refused with a message of another dialect', async () => {
    const answer = await send(nc20['ncTerminateInstance']!, {
      from: endpoint.callers.old,
      suite: 'rsa-sha1',
      request: { instanceId: 'i' },
    });
    expect([answer.status, answer.code]).toEqual([500, 'Wire.WrongDialect']);
  });

  it('may use its own algorithms only, and others not those', async () => {
    expect((await send(nc44['ncDescribeResource']!, { from: endpoint.callers.old })).code).toBe(
      'Wire.AlgorithmRefused',
    );
    expect((await send(nc44['ncDescribeResource']!, { suite: 'rsa-sha1' })).code).toBe('Wire.AlgorithmRefused');
  });

  it('is held to its profile, and others not to that', async () => {
    const weak = { suite: 'rsa-sha1', profile: 'headers-only' } as const;
    expect((await send(nc20['ncDescribeResource']!, { from: endpoint.callers.older, ...weak })).status).toBe(200);
    expect((await send(nc20['ncDescribeResource']!, { from: endpoint.callers.older, suite: 'rsa-sha1' })).code).toBe(
      'Wire.PolicyViolation',
    );
    expect((await send(nc20['ncDescribeResource']!, { from: endpoint.callers.old, ...weak })).code).toBe(
      'Wire.PolicyViolation',
    );
    expect((await send(nc20['ncDescribeResource']!, { profile: 'headers-only' })).code).toBe('Wire.PolicyViolation');
  });

  it('is not trusted by its rules alone', async () => {
    const weak = { suite: 'rsa-sha1', profile: 'headers-only' } as const;
    expect((await send(nc20['ncDescribeResource']!, { from: endpoint.callers.stranger, ...weak })).code).toBe(
      'Wire.UnknownCertificate',
    );
  });

  it('of profile headers-only is warned of at start and counted', async () => {
    await send(nc20['ncDescribeResource']!, {
      from: endpoint.callers.older,
      suite: 'rsa-sha1',
      profile: 'headers-only',
    });
    expect(
      endpoint.warnings.filter((text) => text.includes('headers-only') && text.includes('not protected')),
    ).toHaveLength(2);
    expect(await endpoint.metrics.registry.metrics()).toMatch(
      /mallee_soap_legacy_requests_total\{service="EucalyptusNC",peer="[0-9a-f]{16}",profile="headers-only",body="signed"\} [1-9]/,
    );
  });

  it('gets text in ASCII, which is all that originals can read', async () => {
    const original = await send(nc20['ncGetConsoleOutput']!, {
      from: endpoint.callers.older,
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
      identity: endpoint.node,
      trusted: () => [endpoint.callers.older.certificatePem],
      peers: () => endpoint.rules,
      metrics: new Metrics(),
    };
    const warned: string[] = [];
    const logger = { ...quiet, warn: (_fields: object, text: string) => warned.push(text) } as unknown as Logger;
    const own = await serveHttp(createSoapHandler({ service: MalleeExtension, handlers, ...common, logger }));
    expect(warned).toEqual([]);
    const hint = MalleeExtension.operations['Hint']!;
    const signer = new MessageSigner({
      identity: loadIdentity(endpoint.callers.older),
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
    const common = {
      identity: endpoint.node,
      trusted: () => [endpoint.callers.old.certificatePem, endpoint.callers.cluster.certificatePem],
      peers: () => endpoint.rules,
    };
    const both = createSoapEndpoint({ dialects: [own, ...dialects], ...common, logger: quiet, metrics: new Metrics() });
    const mixed = await serveHttp(both);
    const hint = MalleeExtension.operations['Hint']!;
    const ask = async (identity: IdentityPem, suite: SuiteName, operation = hint): Promise<string> => {
      const signer = new MessageSigner({ identity: loadIdentity(identity), suite });
      const payload = encodeMessage(operation.request, operation === hint ? { source: 'x', subjects: [] } : {});
      const { text } = signer.sign({ to: mixed.url + path, action: operation.soapAction, payload });
      const headers = { 'content-type': 'text/xml', soapaction: '' };
      return (await fetch(mixed.url + path, { method: 'POST', headers, body: text })).text();
    };
    expect(await ask(endpoint.callers.old, 'rsa-sha1', nc44['ncDescribeResource'])).toContain('hypervisor');
    expect(await ask(endpoint.callers.cluster, 'rsa-sha256')).toContain('HintResponse');
    expect(await ask(endpoint.callers.old, 'rsa-sha1')).toContain('Wire.PolicyViolation');
    await mixed.close();
  });
});

describe('the clock of a peer', () => {
  it('is a figure of its own, also of a message that is refused for it', async () => {
    /** The largest of those of all peers, without its sign. */
    const figure = async (): Promise<number> => {
      const text = await endpoint.metrics.registry.metrics();
      const series = text.matchAll(
        /mallee_soap_clock_skew_seconds\{service="EucalyptusNC",peer="[0-9a-f]{16}"\} (\S+)/g,
      );
      return Math.max(...[...series].map(([, value]) => Math.abs(Number(value))));
    };
    await send(nc20['ncDescribeResource']!);
    expect(await figure()).toBeLessThan(10);
    const answer = await send(nc20['ncDescribeResource']!, { clock: () => Date.now() + 120_000 });
    expect(answer.code).toBe('Wire.ClockSkew');
    expect(await figure()).toBeGreaterThan(100);
  });
});
