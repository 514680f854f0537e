import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { createLogger, Metrics } from '@mallee/daemon';
import {
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  MalleeExtension,
  type EucalyptusNCOperations_2_0,
  type OperationTable,
} from '@mallee/wsdl-types';
import { createSoapEndpoint, notSupported, serve, servedOperations, type AllHandlers } from './index.js';
import { servePart } from './operations.js';
import { DialectEndpoint, dialects, exampleOf, path, type Answer, type Sent } from './test-support/dialect-endpoint.js';
import { quiet, serve as serveHttp } from './test-support/peers.js';

const nc20 = EucalyptusNC_2_0.operations;
const nc44 = EucalyptusNC_4_4.operations;

let endpoint: DialectEndpoint;
const send = (operation: OperationTable, sent?: Sent): Promise<Answer> => endpoint.send(operation, sent);

beforeAll(async () => {
  endpoint = await DialectEndpoint.start();
});
afterAll(() => endpoint.close());

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
    expect(await endpoint.metrics.registry.metrics()).toMatch(
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
    const common = { identity: endpoint.node, trusted: () => [], logger: quiet, metrics: new Metrics() };
    const other = await serveHttp(createSoapEndpoint({ dialects: wsdls, ...common }));
    const get = async (query: string) => (await fetch(`${other.url}${path}${query}`)).text();
    expect(await get('?wsdl')).toContain('2.0');
    expect(await get('?wsdl=4.4')).toContain('4.4');
    expect(await get('?wsdl=3.0')).toContain('no such WSDL');
    await other.close();
  });
});

describe('an endpoint is not made', () => {
  const options = {
    identity: undefined as never,
    trusted: () => [],
    logger: createLogger({ name: 'x', level: 'silent' }),
    metrics: new Metrics(),
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
