import { isMalleeError } from '@mallee/errors';
import { parseXml, type XmlElement } from '@mallee/xml';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as generated from '../generated/index.js';
import type { MessageTable, ServiceTable } from '../table.js';
import { messageOf } from '../test-support/arbitrary.js';
import { decodeMessage } from './decode.js';
import { encodeMessage } from './encode.js';

const services: readonly ServiceTable[] = Object.values(generated);
const messages = services.flatMap((service) =>
  Object.values(service.operations).flatMap(({ request, response }) =>
    [request, response].map((table): [string, MessageTable] => [
      `${service.dialect} ${service.name} ${table.element}`,
      table,
    ]),
  ),
);

test('there are messages of all services', () => {
  expect(services).toHaveLength(11);
  expect(messages.length).toBeGreaterThan(190);
});

describe('decode(encode(value)) is the value', () => {
  test.each(messages)('%s', (_name, table) => {
    fc.assert(
      fc.property(messageOf(table), (value) => {
        expect(decodeMessage(table, parseXml(encodeMessage(table, value)))).toEqual(value);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a damaged message is decoded or refused with a typed error, never anything else', () => {
  test.each(messages)('%s', (_name, table) => {
    const names = [table.element, ...table.type.fields.map((field) => field.name), 'other', '__proto__', 'constructor'];
    fc.assert(
      fc.property(treeOf(names, table.namespace), (tree) => {
        const root: XmlElement = { ...tree, local: table.element, namespace: table.namespace };
        try {
          decodeMessage(table, root);
        } catch (error) {
          expect(isMalleeError(error) && error.code).toBe('Wire.MalformedMessage');
        }
      }),
      { numRuns: 50 },
    );
  });
});

test('encoding any object at all gives text or a typed error', () => {
  const table = generated.EucalyptusNC_2_0.operations['ncRunInstance']?.request;
  if (table === undefined) throw new Error('no such operation');
  const keys = fc.constantFrom(...table.type.fields.map((field) => field.name));
  fc.assert(
    fc.property(fc.dictionary(keys, fc.anything(), { maxKeys: 15 }), (value) => {
      try {
        parseXml(encodeMessage(table, value));
      } catch (error) {
        expect(isMalleeError(error) && error.code).toBe('Wire.MalformedMessage');
      }
    }),
    { numRuns: 500 },
  );
});

/** Trees of a few levels whose names are those of the message, mostly. */
function treeOf(names: readonly string[], namespace: string, levels = 3): fc.Arbitrary<XmlElement> {
  const attribute = fc.record({
    prefix: fc.constant(''),
    local: fc.constantFrom('nil', 'type', 'Id', 'x'),
    namespace: fc.constantFrom('http://www.w3.org/2001/XMLSchema-instance', '', namespace),
    value: fc.constantFrom('true', 'false', '1', 'x'),
  });
  const text = fc.constantFrom(
    '',
    ' ',
    '1',
    '-1',
    '99999999999999999999',
    'true',
    'false',
    '2010-10-15T08:30:00Z',
    'x',
  );
  const children = levels === 0 ? fc.constant([]) : fc.array(treeOf(names, namespace, levels - 1), { maxLength: 4 });
  return fc.record({
    prefix: fc.constant('n'),
    local: fc.constantFrom(...names),
    namespace: fc.oneof({ weight: 9, arbitrary: fc.constant(namespace) }, fc.constantFrom('', 'urn:other')),
    attributes: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.array(attribute, { maxLength: 2 })),
    children: fc.oneof(fc.constant([]), children),
    text: fc.oneof({ weight: 4, arbitrary: text }, fc.string()),
  });
}
