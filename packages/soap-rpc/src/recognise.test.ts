import { describe, expect, it, test } from '@jest/globals';
import {
  encodeMessage,
  EucalyptusCC_2_0,
  EucalyptusCC_4_4,
  EucalyptusGL_2_0,
  EucalyptusGL_4_4,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  MalleeExtension,
} from '@mallee/wsdl-types';
import { parseXml, type XmlElement } from '@mallee/xml';
import { recognise } from './index.js';
import { exampleOf } from './test-support/dialect-endpoint.js';

const nc = [{ service: EucalyptusNC_2_0 }, { service: EucalyptusNC_4_4 }];
const cc = [{ service: EucalyptusCC_2_0 }, { service: EucalyptusCC_4_4 }];

function payload(element: string, ...children: string[]): XmlElement {
  const content = children.map((child) => child.replaceAll('<', '<n:').replaceAll('<n:/', '</n:')).join('');
  return parseXml(`<n:${element} xmlns:n="http://eucalyptus.ucsb.edu/">${content}</n:${element}>`);
}

function dialectOf(offers: typeof nc, element: XmlElement, configured?: '2.0' | '4.4'): string {
  return recognise(offers, element, configured).offer.service.dialect;
}

function refusal(
  offers: typeof nc,
  element: XmlElement,
  configured?: '2.0' | '4.4',
): { code: string; message: string } {
  try {
    return { code: dialectOf(offers, element, configured), message: '' };
  } catch (error) {
    return error as { code: string; message: string };
  }
}

const user = '<userId>eucalyptus</userId>';
const node = '<nodeName>node1</nodeName>';
const epoch = '<epoch>7</epoch>';
const service = '<services><partition>one</partition><type>cluster</type><name>cc-1</name></services>';
const id = '<instanceId>i-12345678</instanceId>';
const force = '<force>false</force>';

describe('the dialect of an unnamed peer', () => {
  test.each<[string, XmlElement, string]>([
    ['fits both: the default', payload('ncDescribeResource', user, node), '2.0'],
    ['empty: the default', payload('ncDescribeResource'), '2.0'],
    ['an epoch', payload('ncDescribeResource', user, epoch, node), '4.4'],
    ['a list of services', payload('ncDescribeResource', user, service, node), '4.4'],
    ['a required element that only 4.4 has', payload('ncTerminateInstance', user, node, id, force), '4.4'],
    ['no such element', payload('ncTerminateInstance', user, node, id), '2.0'],
    ['an optional element that only 4.4 has', payload('ncStartNetwork', '<vlan>1</vlan>', '<uuid>u</uuid>'), '4.4'],
    ['an operation of 4.4 only', payload('ncAssignAddress', id, '<publicIp>10.0.0.1</publicIp>'), '4.4'],
    ['an operation of 2.0 only', payload('ncDescribeBundleTasks', user), '2.0'],
    [
      'base elements in the order of 2.0',
      payload('ncDescribeResource', '<return>true</return>', node, '<statusMessage>0</statusMessage>'),
      '2.0',
    ],
    [
      'base elements in the order of 4.4',
      payload('ncDescribeResource', '<statusMessage>0</statusMessage>', '<return>true</return>', node),
      '4.4',
    ],
    ['a status in words', payload('ncDescribeResource', '<statusMessage>fine</statusMessage>'), '4.4'],
  ])('%s', (_what, element, expected) => {
    expect(dialectOf(nc, element)).toBe(expected);
  });

  it('is the first offer where a message fits both', () => {
    expect(dialectOf([...nc].reverse(), payload('ncDescribeResource', user, node))).toBe('4.4');
  });

  it('is found for the cluster controller, too', () => {
    expect(dialectOf(cc, payload('DescribeInstances', user))).toBe('2.0');
    expect(dialectOf(cc, payload('DescribeInstances', user, epoch))).toBe('4.4');
    expect(dialectOf(cc, payload('DescribeServices', user))).toBe('4.4');
  });
});

describe('every operation', () => {
  const offers = {
    EucalyptusNC: nc,
    EucalyptusCC: cc,
    EucalyptusGL: [{ service: EucalyptusGL_2_0 }, { service: EucalyptusGL_4_4 }],
  };
  const cases = Object.entries(offers).flatMap(([name, both]) =>
    both.flatMap(({ service: { dialect, operations } }) =>
      Object.values(operations).map((operation) => [name, dialect, operation.name, operation, both] as const),
    ),
  );
  test.each(cases)('%s %s %s is recognised', (_service, dialect, _name, { request }, both) => {
    const read = (more: object, configured?: '2.0' | '4.4'): string =>
      dialectOf(both, parseXml(encodeMessage(request, { ...exampleOf(request), ...more })), configured);
    expect(read({}, dialect as '2.0' | '4.4')).toBe(dialect);
    if (dialect === '2.0') expect(read({ userId: 'u' })).toBe('2.0');
    // The originals of 4.4 send their epoch with every message.
    else expect(read({ epoch: 1 })).toBe('4.4');
  });
});

describe('a message of no dialect', () => {
  test.each<[string, XmlElement, RegExp]>([
    ['elements of 4.4 in a wrong order', payload('ncDescribeResource', epoch, user), /out of order/],
    ['an element of neither', payload('ncDescribeResource', '<x>1</x>'), /ncDescribeResource\/x: .* is not an element/],
    ['elements of both', payload('ncDescribeBundleTasks', user, epoch), /epoch/],
    ['a number that is none', payload('ncTerminateInstance', id, '<force>perhaps</force>'), /true or false/],
    ['an element twice', payload('ncDescribeResource', user, user), /more often than allowed/],
    ['nothing where 4.4 alone fits', payload('ncAssignAddress', id), /publicIp: required/],
  ])('%s', (_what, element, problem) => {
    const { code, message } = refusal(nc, element);
    expect(code).toBe('Wire.MalformedMessage');
    expect(message).toMatch(problem);
  });

  it('is told with the problem of the dialect whose elements it has', () => {
    const broken = payload('ncTerminateInstance', '<epoch>x</epoch>', id, force);
    expect(refusal(nc, broken).message).toMatch(/epoch: not a whole number/);
  });

  it('has an operation of neither, or another namespace', () => {
    expect(refusal(nc, payload('ncFly')).code).toBe('Wire.UnknownOperation');
    expect(refusal(nc, parseXml('<ncDescribeResource xmlns="urn:x"></ncDescribeResource>')).code).toBe(
      'Wire.UnknownOperation',
    );
  });
});

describe('a configured peer', () => {
  it('is read in its dialect where a message fits both', () => {
    expect(dialectOf(nc, payload('ncDescribeResource', user, node), '4.4')).toBe('4.4');
    expect(dialectOf(nc, payload('ncDescribeResource', user, node), '2.0')).toBe('2.0');
  });

  test.each<[string, XmlElement, '2.0' | '4.4']>([
    ['an element of 4.4 from a peer of 2.0', payload('ncDescribeResource', user, epoch), '2.0'],
    ['an operation of 4.4 from a peer of 2.0', payload('ncModifyNode', '<stateName>enabled</stateName>'), '2.0'],
    ['a message of 2.0 from a peer of 4.4', payload('ncTerminateInstance', id), '4.4'],
    ['an operation of 2.0 from a peer of 4.4', payload('ncDescribeBundleTasks'), '4.4'],
  ])('is refused with %s', (_what, element, configured) => {
    const { code, message } = refusal(nc, element, configured);
    expect(code).toBe('Wire.WrongDialect');
    expect(message).toContain(`configured for dialect ${configured}`);
  });

  it('is refused as everybody is with a message that fits nothing', () => {
    expect(refusal(nc, payload('ncDescribeResource', '<x>1</x>'), '2.0').code).toBe('Wire.MalformedMessage');
  });

  it('speaks our own services as everybody does', () => {
    const hint = `<n:Hint xmlns:n="${MalleeExtension.namespace}"><n:source>nc</n:source></n:Hint>`;
    const { dialect } = recognise([{ service: MalleeExtension }], parseXml(hint), '2.0').offer.service;
    expect(dialect).toBe('mallee');
  });
});
