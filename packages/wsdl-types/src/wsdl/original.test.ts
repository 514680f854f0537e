import { readFileSync } from 'node:fs';
import { describeShared } from '@mallee/testing';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../generator/load.js';
import { interfaceOf } from '../test-support/interface-of.js';
import { readWsdl } from './read-wsdl.js';

const ours = (dialect: string, file: string): string =>
  readFileSync(`${packageRoot}wsdl/${dialect}/${file}.wsdl`, 'utf8');

describeShared('the documents against those of the original', (shared) => {
  const theirs = (dialect: string, file: string): string =>
    readFileSync(`${shared}/wsdl/${dialect}/eucalyptus_${file}.wsdl`, 'utf8');

  test.each([
    ['2.0', 'cc', 18],
    ['2.0', 'nc', 13],
    ['2.0', 'gl', 2],
    ['4.4', 'cc', 32],
    ['4.4', 'nc', 23],
    ['4.4', 'gl', 1],
    ['4.4', 'sc', 2],
  ])('%s %s has the same interface, all %d operations of it', (dialect, file, operations) => {
    const original = readWsdl(theirs(dialect, file));
    expect(original.portType.operations).toHaveLength(operations);
    expect(interfaceOf(readWsdl(ours(dialect, file)))).toEqual(interfaceOf(original));
  });

  const edits: readonly [change: string, from: string | RegExp, to: string][] = [
    ['an operation', /<operation name="RebootInstances">[^]*?<\/operation>/g, ''],
    ['a message', /<message name="StopNetwork">.*<\/message>/, ''],
    ['the name of a field', 'name="keyName"', 'name="keyname"'],
    ['the type of a field', 'name="vlan" type="xs:int"', 'name="vlan" type="xs:long"'],
    ['whether a field is required', 'name="minCount" type="xs:int"', 'name="minCount" type="xs:int" minOccurs="0"'],
    ['the length of a list', 'maxOccurs="64"', 'maxOccurs="unbounded"'],
    [
      'nillable on a field',
      'name="statusMessage" type="xs:string" minOccurs="0" nillable="true"',
      'name="statusMessage" type="xs:string" minOccurs="0"',
    ],
    ['nillable on a message', 'type="tns:runInstancesType" nillable="true"', 'type="tns:runInstancesType"'],
    ['a soapAction', 'EucalyptusCC#GetConsoleOutput', 'EucalyptusCC#GetConsole'],
    ['abstract', ' abstract="true"', ''],
    ['qualification', 'elementFormDefault="qualified"', 'elementFormDefault="unqualified"'],
    [
      'a base type',
      'name="stopNetworkType">\n        <xs:complexContent><xs:extension base="tns:eucalyptusMessage"',
      'name="stopNetworkType">\n        <xs:complexContent><xs:extension base="tns:networkType"',
    ],
    ['the namespace', 'targetNamespace="http://eucalyptus.ucsb.edu/"', 'targetNamespace="http://eucalyptus.ucsb.edu"'],
    ['the path', '/axis2/services/EucalyptusCC', '/services/EucalyptusCC'],
    ['the order of fields', /(<xs:element name="maxCount".*)\n(.*name="minCount".*)/, '$2\n$1'],
  ];
  test.each(edits)('the comparison sees a change of %s', (_change, from, to) => {
    const changed = ours('2.0', 'cc').replace(from, to);
    expect(changed).not.toBe(ours('2.0', 'cc'));
    expect(interfaceOf(readWsdl(changed))).not.toEqual(interfaceOf(readWsdl(theirs('2.0', 'cc'))));
  });
});
