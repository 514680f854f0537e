import { expect, test } from '@jest/globals';
import * as generated from './generated/index.js';
import { readWsdl } from './wsdl/read-wsdl.js';
import { wsdlText } from './wsdl-text.js';

test.each(Object.entries(generated))('%s has its document', (_name, service) => {
  const model = readWsdl(wsdlText(service));
  expect([model.service.name, model.namespace]).toEqual([service.name, service.namespace]);
  expect(model.portType.operations.map((operation) => operation.name)).toEqual(Object.keys(service.operations));
});

test('a table that was not generated has none', () => {
  const { document: _, ...bare } = generated.MalleeStorage;
  expect(() => wsdlText(bare)).toThrow('MalleeStorage has no WSDL');
});
