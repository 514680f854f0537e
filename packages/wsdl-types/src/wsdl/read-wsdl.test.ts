import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { generate } from '../generator/generate.js';
import { packageRoot } from '../generator/load.js';
import { sources } from '../generator/sources.js';
import { readWsdl } from './read-wsdl.js';

const document = (path: string): string => readFileSync(`${packageRoot}wsdl/${path}.wsdl`, 'utf8');
const gl = document('2.0/gl');

test('the model has what the document says', () => {
  const model = readWsdl(gl);
  expect(model.name).toBe('EucalyptusGL');
  expect(model.schema.types.find((type) => type.name === 'getKeysType')).toMatchObject({
    base: 'eucalyptusMessage',
    abstract: false,
    fields: [{ name: 'serviceTag', type: { kind: 'simple', name: 'string' }, min: 0, max: 1, nillable: false }],
  });
  expect(model.portType.operations[0]?.doc).toBe('The certificates of the cluster and of its nodes.');
  expect(model.service.location).toBe('http://localhost:8774/axis2/services/EucalyptusGL');
});

describe('what the model cannot express is refused, not lost', () => {
  test.each([
    ['xs:choice', '<xs:sequence />', '<xs:choice />', document('2.0/cc')],
    ['an unknown simple type', 'xs:boolean', 'xs:float', gl],
    ['occurrences that are no number', 'minOccurs="0"', 'minOccurs="none"', gl],
    ['a second schema', '</types>', '<xs:schema targetNamespace="urn:x" /></types>', gl],
    ['no soapAction', / soapAction="[^"]*"/, '', gl],
    ['a fault', /<output name="GetKeysResponse" /, '<fault /><output name="GetKeysResponse" ', gl],
    ['another root', /definitions/g, 'description', gl],
  ])('%s', (_what, from, to, text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(() => readWsdl(changed)).toThrow(expect.objectContaining({ code: 'Configuration.Invalid' }));
  });

  test.each([
    ['a type that is not defined', 'type="tns:getKeysType"', 'type="tns:noType"', gl],
    ['a type that contains itself', 'type="xs:string" minOccurs="0">', 'type="tns:getKeysType">', gl],
    ['rpc style', 'style="document"', 'style="rpc"', gl],
    ['encoded use', 'use="literal"', 'use="encoded"', gl],
    ['an operation without binding', 'operation name="GetLogs"', 'operation name="GetLog"', gl],
  ])('by the generator: %s', (_what, from, to, text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(() => generate([{ dialect: '2.0', file: 'gl', model: readWsdl(changed) }])).toThrow(
      expect.objectContaining({ code: 'Configuration.Invalid' }),
    );
  });
});

describe('the soap package, an independent loader, finds the same operations in', () => {
  test.each(sources.map(({ dialect, file }) => `${dialect}/${file}`))('%s', async (path) => {
    const { createClientAsync } = await import('soap');
    const client = await createClientAsync(`${packageRoot}wsdl/${path}.wsdl`);
    const model = readWsdl(document(path));
    // The shape is the package's own: service, port, operation.
    const services = client.describe() as Record<string, Record<string, Record<string, unknown>>>;
    const found = Object.keys(services[model.service.name]?.[model.service.port] ?? {});
    expect(found.sort()).toEqual(model.portType.operations.map((operation) => operation.name).sort());
  });
});
