import { describe, expect, test } from '@jest/globals';
import { parseXml } from '@mallee/xml';
import { EucalyptusCC_2_0, EucalyptusNC_2_0 } from '../generated/index.js';
import type { MessageTable, OperationTable } from '../table.js';
import { decodeMessage } from './decode.js';

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';

function operation(table: OperationTable | undefined): OperationTable {
  if (table === undefined) throw new Error('no such operation');
  return table;
}

const startNetwork = operation(EucalyptusCC_2_0.operations['StartNetwork']).request;
const describeResources = operation(EucalyptusCC_2_0.operations['DescribeResources']);
const assign = operation(EucalyptusCC_2_0.operations['AssignAddress']).request;
const terminate = operation(EucalyptusCC_2_0.operations['TerminateInstances']);
const ncTerminate = operation(EucalyptusNC_2_0.operations['ncTerminateInstance']).response;
const run = operation(EucalyptusNC_2_0.operations['ncRunInstance']);

/** The message with this content, in the default namespace as some peers write it. */
function decode(table: MessageTable, content: string, attributes = ''): object {
  const text = `<${table.element} xmlns="${table.namespace}" ${XSI} xmlns:wsu="${WSU}" ${attributes}>${content}</${table.element}>`;
  return decodeMessage(table, parseXml(text));
}

test('lists are arrays, other absent elements no properties', () => {
  expect(decode(startNetwork, '')).toStrictEqual({ clusterControllers: [] });
  expect(decode(startNetwork, '<vlan> -1\n</vlan><clusterControllers>a</clusterControllers>')).toStrictEqual({
    vlan: -1,
    clusterControllers: ['a'],
  });
});

test('white space between elements means nothing; inside text it is kept', () => {
  expect(decode(startNetwork, '\n  <netName> a </netName>\n')).toStrictEqual({
    netName: ' a ',
    clusterControllers: [],
  });
});

test.each([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['0', false],
])('boolean %s', (text, value) => {
  expect(decode(startNetwork, `<return> ${text} </return>`)).toMatchObject({ return: value });
});

test('nil is absent for an optional element, left out of a list, and may be an empty number where nillable', () => {
  expect(decode(startNetwork, '<statusMessage xsi:nil="true"/>')).toStrictEqual({ clusterControllers: [] });
  expect(decode(startNetwork, '<statusMessage xsi:nil="0"/>')).toMatchObject({ statusMessage: '' });
  expect(decode(terminate.request, '<instanceIds xsi:nil="1"/><instanceIds>i-1</instanceIds>')).toStrictEqual({
    instanceIds: ['i-1'],
  });
  expect(decode(ncTerminate, '<statusMessage/><instanceId>i-1</instanceId>')).toStrictEqual({ instanceId: 'i-1' });
});

test('xsi:type and wsu:Id are allowed', () => {
  expect(decode(startNetwork, '<netName xsi:type="xs:string">a</netName>', 'wsu:Id="x"')).toMatchObject({
    netName: 'a',
  });
});

test('a failure answer may lack what its schema requires, a success answer or a nested record may not', () => {
  expect(decode(ncTerminate, '<return>false</return>')).toStrictEqual({ return: false });
  expect(() => decode(ncTerminate, '<return>true</return>')).toThrow(
    'ncTerminateInstanceResponse/instanceId: required',
  );
  const instance = '<return>false</return><instance><reservationId>r-1</reservationId></instance>';
  expect(() => decode(run.response, instance)).toThrow('ncRunInstanceResponse/instance/instanceId: required');
});

describe('refused with the path of the element', () => {
  const type = (content: string): string => `<instanceTypes><name>m1</name>${content}</instanceTypes>`;
  test.each<[string, MessageTable, string, string]>([
    ['missing', assign, '<source>1.2.3.4</source>', 'AssignAddress/dest: required, but missing'],
    ['out of order', assign, '<dest>a</dest><source>b</source>', 'AssignAddress/source: required, but missing'],
    ['out of order, optional', startNetwork, '<netName>a</netName><vlan>1</vlan>', 'StartNetwork/vlan: out of order'],
    ['base after own', startNetwork, '<vlan>1</vlan><userId>u</userId>', 'StartNetwork/userId: out of order'],
    ['twice', startNetwork, '<vlan>1</vlan><vlan>1</vlan>', 'StartNetwork/vlan: out of order, or more often'],
    ['unknown', startNetwork, '<vlans>1</vlans>', 'StartNetwork/vlans: {http://eucalyptus.ucsb.edu/}vlans is not an'],
    ['unqualified', startNetwork, '<vlan xmlns="">1</vlan>', 'StartNetwork/vlan: {}vlan is not an element'],
    ['no number', startNetwork, '<vlan>0x1</vlan>', 'StartNetwork/vlan: not a whole number of 32 bits'],
    ['empty number', startNetwork, '<vlan/>', 'StartNetwork/vlan: not a whole number of 32 bits'],
    ['too large', startNetwork, '<vlan>2147483648</vlan>', 'StartNetwork/vlan: not a whole number of 32 bits'],
    ['no boolean', startNetwork, '<return>yes</return>', 'StartNetwork/return: not true or false'],
    [
      'nested',
      describeResources.request,
      type('') + type('<disk>x</disk>'),
      'instanceTypes[1]/disk: not a whole number',
    ],
    ['too few', describeResources.request, '', 'DescribeResources/instanceTypes: at least 1 required'],
    ['element in text', startNetwork, '<netName><b/></netName>', 'StartNetwork/netName: holds elements'],
    ['text in a record', startNetwork, 'x<vlan>1</vlan>', 'StartNetwork: text between elements'],
    ['nil not allowed', startNetwork, '<netName xsi:nil="true"/>', 'StartNetwork/netName: may not be nil'],
    ['nil with text', startNetwork, '<statusMessage xsi:nil="true">x</statusMessage>', 'statusMessage: nil, but not'],
    ['odd nil', startNetwork, '<statusMessage xsi:nil="maybe"/>', 'StartNetwork/statusMessage: xsi:nil is not'],
    ['an attribute', startNetwork, '<netName lang="en">a</netName>', 'StartNetwork/netName: attribute lang'],
  ])('%s', (_what, table, content, problem) => {
    const failure = expect.objectContaining({
      code: 'Wire.MalformedMessage',
      message: expect.stringContaining(problem),
    });
    expect(() => decode(table, content)).toThrow(failure);
  });

  test('another message, the same name in another namespace, a nil message', () => {
    expect(() => decodeMessage(startNetwork, parseXml('<StopNetwork xmlns="http://eucalyptus.ucsb.edu/"/>'))).toThrow(
      'found {http://eucalyptus.ucsb.edu/}StopNetwork',
    );
    expect(() => decodeMessage(startNetwork, parseXml('<StartNetwork/>'))).toThrow('found {}StartNetwork');
    expect(() => decode(startNetwork, '', 'xsi:nil="true"')).toThrow('StartNetwork: is nil');
  });

  test('a list longer than its limit', () => {
    const record = operation(EucalyptusNC_2_0.operations['ncRunInstance']).request.type;
    const table: MessageTable = {
      element: 'X',
      namespace: 'urn:x',
      type: { name: 'x', fields: record.fields.slice(-1) },
    };
    expect(decode(table, '<groupNames>g</groupNames>'.repeat(64))).toHaveProperty('groupNames.length', 64);
    expect(() => decode(table, '<groupNames>g</groupNames>'.repeat(65))).toThrow('X/groupNames: out of order, or more');
  });
});
