import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseConfigSchema, Health, HttpListener, Metrics } from '@mallee/daemon';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import { EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { SoapServer } from './index.js';
import { servePart } from './operations.js';
import { quiet } from './test-support/peers.js';

/* `soapLimits` of the configuration, at the endpoint: unsigned documents are read before they are refused for having no signature. */

let scratch: ScratchDirectory;
let own: TestIdentity;
beforeAll(async () => {
  scratch = scratchDirectory();
  own = await makeIdentity('node');
  writeFileSync(join(scratch.path, 'key.pem'), own.privateKeyPem);
  writeFileSync(join(scratch.path, 'cert.pem'), own.certificatePem);
});
afterAll(() => scratch.remove());

const configured = (soapLimits: object): unknown => ({
  name: 'nc',
  stateDirectory: scratch.path,
  listen: { port: 0 },
  keys: { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') },
  soapLimits,
});

/** Posts documents to an endpoint with these limits; gives the codes of its refusals. */
async function codes(soapLimits: object, documents: readonly string[]): Promise<(string | undefined)[]> {
  const config = baseConfigSchema.parse(configured(soapLimits));
  const metrics = new Metrics();
  const http = new HttpListener({ ...config.listen, logger: quiet, metrics, health: new Health() });
  const soap = new SoapServer({ config, logger: quiet, metrics, http });
  soap.route([servePart(EucalyptusNC_2_0, {})], { trusted: () => [own.certificatePem] });
  const { port } = await http.listen();
  const found: (string | undefined)[] = [];
  for (const body of documents) {
    const headers = { 'content-type': 'text/xml', soapaction: '' };
    const answer = await fetch(`http://127.0.0.1:${port}${EucalyptusNC_2_0.path}`, { method: 'POST', headers, body });
    found.push(/<m:Code>([^<]*)</.exec(await answer.text())?.[1]);
  }
  await http.close(0);
  return found;
}

const inEnvelope = (content: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
const declared = (count: number): string =>
  Array.from({ length: count }, (_, n) => `<a xmlns:n${n}="urn:${n}">`).join('') + '</a>'.repeat(count);

/** A document that has exactly so much of what is limited; Envelope and Body count. */
const sized: Readonly<Record<string, readonly [number, (size: number) => string]>> = {
  maxBytes: [65_536, (size) => inEnvelope(`<a>${'x'.repeat(size - inEnvelope('<a></a>').length)}</a>`)],
  maxDepth: [20, (size) => inEnvelope('<a>'.repeat(size - 2) + '</a>'.repeat(size - 2))],
  maxElements: [1000, (size) => inEnvelope(`<a>${'<b/>'.repeat(size - 3)}</a>`)],
  maxAttributes: [8, (size) => inEnvelope(`<a${Array.from({ length: size }, (_, n) => ` k${n}=""`).join('')}/>`)],
  maxNameLength: [64, (size) => inEnvelope(`<${'a'.repeat(size)}/>`)],
  maxNamespaces: [10, (size) => inEnvelope(declared(size - 1))],
};

describe.each(Object.keys(sized))('%s', (name) => {
  const [limit, make] = sized[name]!;

  test('below and at the limit a request is read, above it is refused', async () => {
    const documents = [make(limit - 1), make(limit), make(limit + 1)];
    expect(await codes({ [name]: limit }, documents)).toEqual([
      'Wire.NotSigned',
      'Wire.NotSigned',
      'Wire.LimitExceeded',
    ]);
    expect(await codes({ [name]: limit + 1 }, [make(limit + 1)])).toEqual(['Wire.NotSigned']);
  });
});

test('settings that would refuse every message, or none, are no configuration', () => {
  for (const wrong of [
    { maxDepth: 2 },
    { maxBytes: 10 },
    { maxAttributes: 1_000_000 },
    { maxElements: 1.5 },
    { other: 1 },
  ]) {
    expect(() => baseConfigSchema.parse(configured(wrong))).toThrow();
  }
  expect(baseConfigSchema.parse(configured({})).soapLimits).toEqual({});
});
