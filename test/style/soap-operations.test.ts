import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, test } from '@jest/globals';
import { createLogger, Metrics } from '@mallee/daemon';
import {
  createSoapEndpoint,
  operationsReference,
  type AnyHandler,
  type HttpHandler,
  type NotSupported,
  type ReferenceEndpoint,
  type ServedDialect,
} from '@mallee/soap-rpc';
import { makeIdentity } from '@mallee/testing';
import { encodeMessage, type MessageTable, type OperationTable, type TypeTable } from '@mallee/wsdl-types';
/* eslint-disable no-restricted-imports -- services are programs and have no entry; here what all of them register is compared */
import { clusterDialects, extensionDialect as clusterExtension, keyDialects } from '../../services/cc/src/soap.js';
import { cloudDialect, extensionDialect as cloudExtension } from '../../services/clc/src/soap/dialects.js';
import { soapDialects as nodeDialects } from '../../services/nc/src/soap-dialects.js';
import { storageDialects } from '../../services/sc/src/soap.js';
import { imageOperations } from '../../services/walrus/src/images/image-operations.js';
import { walrusDialect } from '../../services/walrus/src/soap-dialect.js';
/* eslint-enable no-restricted-imports */

// As in scripts/write-soap-operations.mjs: the handlers look at what they work on only when a request comes.
const nothing = {} as never;
const endpoints: readonly ReferenceEndpoint[] = [
  { daemon: 'cc', dialects: clusterDialects(nothing) },
  { daemon: 'cc', dialects: keyDialects(nothing) },
  { daemon: 'cc', dialects: [clusterExtension(nothing, nothing)] },
  ...nodeDialects(nothing).map((dialects) => ({ daemon: 'nc', dialects })),
  { daemon: 'sc', dialects: storageDialects(nothing, nothing) },
  { daemon: 'walrus', dialects: [walrusDialect(imageOperations(nothing))] },
  { daemon: 'clc', dialects: [cloudDialect(nothing)] },
  { daemon: 'clc', dialects: [cloudExtension(nothing)] },
];

it('docs/reference/soap-operations.md says what the daemons serve; else run npm run docs:soap', () => {
  const file = join(import.meta.dirname, '../../docs/reference/soap-operations.md');
  expect(readFileSync(file, 'utf8')).toBe(operationsReference(endpoints));
});

const identity = makeIdentity('anybody');

/** Who of the handlers was reached by unsigned messages, one for each operation. */
async function reachedUnsigned(dialects: readonly ServedDialect[], signed: boolean): Promise<string[]> {
  const reached: string[] = [];
  const watched = dialects.map((dialect) => ({
    ...dialect,
    handlers: new Map<string, AnyHandler | NotSupported>(
      [...dialect.handlers].map(([name, handler]) => [
        name,
        typeof handler === 'function' ? () => Promise.resolve((reached.push(name), {})) : handler,
      ]),
    ),
  }));
  const own = await identity;
  const common = { identity: own, trusted: () => [own.certificatePem], metrics: new Metrics() };
  const logger = createLogger({ name: 'test', level: 'silent' });
  const handler = createSoapEndpoint({ dialects: watched, signed, logger, ...common });
  await withServer(handler, async (url) => {
    for (const { service } of dialects) {
      for (const operation of Object.values(service.operations)) {
        const answer = await post(url + service.path, operation);
        if (signed) expect(answer).toContain('<m:Code>Wire.NotSigned</m:Code>');
      }
    }
  });
  return reached;
}

async function withServer(handler: HttpHandler, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function post(url: string, { request, soapAction }: OperationTable): Promise<string> {
  const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
  const body = `<s:Envelope xmlns:s="${soap}"><s:Body>${encodeMessage(request, example(request))}</s:Body></s:Envelope>`;
  const headers = { 'content-type': 'text/xml', soapaction: soapAction };
  return (await fetch(url, { method: 'POST', headers, body })).text();
}

/** A message with every required element. */
function example({ type }: MessageTable): object {
  const values = {
    string: 'x',
    int: 1,
    long: 1,
    boolean: true,
    double: 1,
    dateTime: '2026-01-01T00:00:00Z',
    base64: '',
  };
  const fill = (fields: TypeTable['fields']): object =>
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

test.each(endpoints.map(({ daemon, dialects }) => [daemon, dialects[0]!.service.name, dialects] as const))(
  'no handler of %s %s is reached without a signature, but GetKeys',
  async (_daemon, name, dialects) => {
    expect(await reachedUnsigned(dialects, true)).toEqual([]);
    if (name === 'EucalyptusGL') expect(new Set(await reachedUnsigned(dialects, false))).toEqual(new Set(['GetKeys']));
    else await expect(reachedUnsigned(dialects, false)).rejects.toThrow(/with signatures only/);
  },
);
