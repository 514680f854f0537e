import { describe, expect, it } from '@jest/globals';
import { EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { parseRequest, setField } from './request-fields.js';

const { type } = EucalyptusNC_2_0.operations['ncRunInstance']!.request;

function set(...assignments: string[]): unknown {
  const message = {};
  for (const assignment of assignments) setField(message, type, assignment);
  return message;
}

describe('setField', () => {
  it('writes values of the type of the field, into records and to the end of lists', () => {
    expect(
      set('netParams.vlan=10', 'netParams.privateIp=10.0.0.2', 'groupNames=a', 'groupNames=b=c', 'return=true'),
    ).toEqual({
      netParams: { vlan: 10, privateIp: '10.0.0.2' },
      groupNames: ['a', 'b=c'],
      return: true,
    });
  });

  it.each([
    ['colour=red', /no field colour; it has correlationId, userId/],
    ['netParams.mtu=1', /netConfigType has no field netParams\.mtu/],
    ['netParams.vlan=ten', /netParams\.vlan is a number/],
    ['netParams.vlan=', /is a number/],
    ['return=1', /true or false/],
    ['netParams=x', /is a record/],
    ['instanceType.deviceMapping.size=1', /no single record/],
    ['imageId.x=1', /no single record/],
    ['=x', /not FIELD=VALUE/],
    ['__proto__.x=1', /no field __proto__/],
  ])('refuses %s', (assignment, message) => {
    expect(() => set(assignment)).toThrow(message);
  });
});

describe('parseRequest', () => {
  it('takes an object', () => {
    const text = '{"imageId":"emi-1","instanceType":{"deviceMapping":[{"size":1}]}}';
    expect(parseRequest(text, type)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['{"colour":1}', /no field colour/],
    ['{"instanceType":{"deviceMapping":[{"colour":1}]}}', /no field instanceType\.deviceMapping\.colour/],
  ])('refuses %s', (text, message) => {
    expect(() => parseRequest(text, type)).toThrow(message);
  });
});
