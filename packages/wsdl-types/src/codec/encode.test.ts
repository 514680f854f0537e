import { describe, expect, test } from '@jest/globals';
import { canonicalize, parseXml } from '@mallee/xml';
import { EucalyptusCC_2_0, EucalyptusNC_2_0, MalleeStorage } from '../generated/index.js';
import type { MessageTable } from '../table.js';
import { encodeMessage } from './encode.js';

const E = 'http://eucalyptus.ucsb.edu/';

function message(table: MessageTable | undefined): MessageTable {
  if (table === undefined) throw new Error('no such message');
  return table;
}

const describeInstances = message(EucalyptusNC_2_0.operations['ncDescribeInstances']?.request);
const startNetwork = message(EucalyptusCC_2_0.operations['StartNetwork']?.request);
const createVolume = message(MalleeStorage.operations['CreateStorageVolume']?.response);

/** A table of its own, for what no interface of today has. */
const special: MessageTable = {
  element: 'Special',
  namespace: 'urn:test',
  type: {
    name: 'specialType',
    fields: [
      { name: 'maybe', type: 'int', min: 1, max: 1, nillable: true },
      { name: 'list', type: 'string', min: 1, max: 3, nillable: true },
      { name: 'ratio', type: 'double', min: 0, max: 1, nillable: false },
      { name: 'when', type: 'dateTime', min: 0, max: 1, nillable: false },
      { name: 'data', type: 'base64', min: 0, max: 1, nillable: false },
    ],
  },
};

test('elements come in schema order, base type first, whatever the order of the properties', () => {
  const text = encodeMessage(startNetwork, { netName: 'default', vlan: 10, userId: 'eucalyptus', correlationId: 'c' });
  expect(text).toBe(
    `<n:StartNetwork xmlns:n="${E}"><n:correlationId>c</n:correlationId><n:userId>eucalyptus</n:userId>` +
      '<n:vlan>10</n:vlan><n:netName>default</n:netName></n:StartNetwork>',
  );
});

test('an empty message and an empty text have a start and an end tag', () => {
  expect(encodeMessage(describeInstances, {})).toBe(`<n:ncDescribeInstances xmlns:n="${E}"></n:ncDescribeInstances>`);
  expect(encodeMessage(describeInstances, { userId: '' })).toContain('<n:userId></n:userId>');
});

test('text is escaped as canonical XML has it', () => {
  const text = encodeMessage(describeInstances, { userId: 'a&b<c>d"e\'f\r\n\tü\u{1f333}' });
  expect(text).toContain('<n:userId>a&amp;b&lt;c&gt;d"e\'f&#xD;\n\tü\u{1f333}</n:userId>');
});

test('the text is its own exclusive canonical form', () => {
  const values: readonly [MessageTable, object][] = [
    [describeInstances, { userId: 'a&b<c>d\r\n', instanceIds: ['i-1', ''] }],
    [special, { maybe: null, list: ['a', null, 'ü'], ratio: 0.5 }],
    [special, { maybe: 1, list: [null, null] }],
  ];
  for (const [table, value] of values) {
    const text = encodeMessage(table, value);
    expect(canonicalize(parseXml(text))).toBe(text);
  }
});

test('null is nil where an element must be there, and absent elsewhere', () => {
  expect(encodeMessage(special, { maybe: null, list: ['x'] })).toContain(
    '<n:maybe xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></n:maybe>',
  );
  expect(encodeMessage(startNetwork, { statusMessage: null, netName: null })).toBe(
    `<n:StartNetwork xmlns:n="${E}"></n:StartNetwork>`,
  );
});

test('a failure answer may lack what its schema requires', () => {
  const text = encodeMessage(createVolume, { return: false, statusMessage: 'Storage.NoSpace: full' });
  expect(text).toBe(
    '<n:CreateStorageVolumeResponse xmlns:n="urn:mallee:storage:1"><n:statusMessage>Storage.NoSpace: full' +
      '</n:statusMessage><n:return>false</n:return></n:CreateStorageVolumeResponse>',
  );
});

describe('refused with the path of the element', () => {
  test.each<[string, MessageTable, object, string]>([
    ['missing', createVolume, { return: true, volumeId: 'vol-1' }, 'CreateStorageVolumeResponse/size: required'],
    ['text for a number', startNetwork, { vlan: '10' }, 'StartNetwork/vlan: not a whole number'],
    ['a fraction', startNetwork, { vlan: 1.5 }, 'StartNetwork/vlan: not a whole number'],
    ['above 32 bits', startNetwork, { vlan: 2 ** 31 }, 'StartNetwork/vlan: not a whole number'],
    ['NaN', startNetwork, { vlan: NaN }, 'StartNetwork/vlan: not a whole number'],
    ['a number for text', startNetwork, { netName: 1 }, 'StartNetwork/netName: not text'],
    ['a control character', startNetwork, { netName: 'a\u0000' }, 'StartNetwork/netName: not text'],
    ['a lone surrogate', startNetwork, { netName: '\ud800' }, 'StartNetwork/netName: not text'],
    ['text for a boolean', startNetwork, { return: 'true' }, 'StartNetwork/return: not true or false'],
    ['no array', startNetwork, { clusterControllers: 'a' }, 'StartNetwork/clusterControllers: must be an array'],
    ['a hole', startNetwork, { clusterControllers: ['a', null] }, 'StartNetwork/clusterControllers[1]: may not be'],
    ['too few', special, { maybe: 1, list: [] }, 'Special/list: at least 1'],
    ['too many', special, { maybe: 1, list: ['', '', '', ''] }, 'Special/list: at most 3'],
    ['no date', special, { maybe: 1, list: [''], when: '2010-02-30T00:00:00Z' }, 'Special/when: not a date'],
    ['no base64', special, { maybe: 1, list: [''], data: 'a' }, 'Special/data: not base64'],
  ])('%s', (_what, table, value, problem) => {
    const failure = expect.objectContaining({
      code: 'Wire.MalformedMessage',
      message: expect.stringContaining(problem),
    });
    expect(() => encodeMessage(table, value)).toThrow(failure);
  });
});
