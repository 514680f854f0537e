import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Metrics } from '@mallee/daemon';
import { makeIdentity } from '@mallee/testing';
import * as tables from '@mallee/wsdl-types';
import type { OperationTable, ServiceTable } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, type IdentityPem } from '@mallee/ws-security';
import { createSoapEndpoint } from './handler.js';
import { servePart } from './operations.js';
import { quiet, serve, type TestServer } from './test-support/peers.js';

/* W32 and W13: every service of the cloud beside every other one, all of them trusting the same certificate. */

// The machine may be busy.
jest.setTimeout(300_000);

function isService(value: unknown): value is ServiceTable {
  return typeof value === 'object' && value !== null && 'operations' in value && 'path' in value;
}

/** The dialects at each path. */
const byPath = new Map<string, ServiceTable[]>();
for (const table of Object.values(tables).filter(isService)) {
  byPath.set(table.path, [...(byPath.get(table.path) ?? []), table]);
}
const paths = [...byPath.keys()];
const operationsAt = (path: string): OperationTable[] =>
  byPath.get(path)!.flatMap(({ operations }) => Object.values(operations));

let peer: IdentityPem;
let user: IdentityPem;
const servers = new Map<string, TestServer>();

beforeAll(async () => {
  const [one, other, own] = await Promise.all([makeIdentity('peer'), makeIdentity('user'), makeIdentity('own')]);
  [peer, user] = [one, other];
  for (const [path, dialects] of byPath) {
    const endpoint = createSoapEndpoint({
      dialects: dialects.map((service) => servePart(service, {})),
      identity: own,
      trusted: () => [peer.certificatePem],
      logger: quiet,
      metrics: new Metrics(),
    });
    servers.set(path, await serve(endpoint));
  }
});
afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));

const empty = ({ request }: OperationTable): string =>
  `<n:${request.element} xmlns:n="${request.namespace}"></n:${request.element}>`;

interface Message {
  readonly operation: OperationTable;
  readonly action?: string;
  readonly signer?: IdentityPem;
  readonly soapAction?: string;
}

/** Signs a message to the service at one path and sends it to the one at another; gives the code of the answer. */
async function send(path: string, at: string, message: Message): Promise<string | undefined> {
  const { operation, action = operation.soapAction, signer = peer, soapAction = '' } = message;
  const to = `http://127.0.0.1${path}`;
  const { text } = new MessageSigner({ identity: loadIdentity(signer) }).sign({
    to,
    action,
    payload: empty(operation),
  });
  const headers = { 'content-type': 'text/xml', soapaction: soapAction };
  const answer = await fetch(servers.get(at)!.url + at, { method: 'POST', headers, body: text });
  await answer.arrayBuffer();
  return /^[\w.]+/.exec(answer.headers.get('x-mallee-error') ?? '')?.[0];
}

/** Reached the operation: it is not implemented here, or wants more than an empty element. */
const REACHED = /^Wire\.(OperationNotSupported|MalformedMessage)$/;

test('there are services enough for this to say something', () => {
  expect(paths.length).toBeGreaterThan(5);
});

describe.each(paths)('%s', (path) => {
  test('W32 takes what is addressed to it', async () => {
    for (const operation of operationsAt(path)) expect(await send(path, path, { operation })).toMatch(REACHED);
  });

  test('W32 refuses what is addressed to another service, also if the operation is its own', async () => {
    const [own] = operationsAt(path);
    for (const other of paths.filter((one) => one !== path)) {
      for (const operation of [operationsAt(other)[0]!, own!]) {
        expect(await send(other, path, { operation })).toBe('Wire.PolicyViolation');
      }
    }
  });

  test('W32 refuses the operations of other services, also if they are addressed to it', async () => {
    const own = new Set(operationsAt(path).map(({ request }) => `${request.namespace} ${request.element}`));
    for (const other of paths.filter((one) => one !== path)) {
      for (const operation of operationsAt(other).slice(0, 8)) {
        if (own.has(`${operation.request.namespace} ${operation.request.element}`)) continue;
        expect(await send(path, path, { operation })).toBe('Wire.UnknownOperation');
      }
    }
  });

  test('W32 refuses what a user signed', async () => {
    const [operation] = operationsAt(path);
    expect(await send(path, path, { operation: operation!, signer: user })).toBe('Wire.UnknownCertificate');
  });

  test('W13 refuses an Action or a SOAPAction of another operation', async () => {
    const operation = await reachable(path);
    const own = [operation.soapAction, `"${operation.soapAction}"`, ''];
    for (const soapAction of own) expect(await send(path, path, { operation, soapAction })).toMatch(REACHED);
    const others = paths.flatMap((one) => operationsAt(one).slice(0, 3)).map(({ soapAction }) => soapAction);
    for (const wrong of new Set([...others, 'x', operation.name])) {
      if (wrong === operation.soapAction) continue;
      // Where the element cannot be empty, that is found out first.
      const refusal = /^Wire\.(PolicyViolation|MalformedMessage)$/;
      expect(await send(path, path, { operation, action: wrong })).toMatch(refusal);
      expect(await send(path, path, { operation, soapAction: wrong })).toMatch(refusal);
      expect(await send(path, path, { operation, soapAction: `"${wrong}"` })).toMatch(refusal);
    }
  });
});

/** An operation that an empty element reaches, if the service has one. */
async function reachable(path: string): Promise<OperationTable> {
  for (const operation of operationsAt(path)) {
    if ((await send(path, path, { operation })) === 'Wire.OperationNotSupported') return operation;
  }
  return operationsAt(path)[0]!;
}
