import { describe, expect, test } from '@jest/globals';
import { services } from '../generated/services.js';
import type { MessageTable, ServiceTable } from '../table.js';
import { asciiText, checkForOriginal } from './original.js';

function message(service: ServiceTable, operation: string, part: 'request' | 'response'): MessageTable {
  const found = service.operations[operation];
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return found[part];
}

const stop = message(services.EucalyptusCC['2.0'], 'StopNetwork', 'request');
const run = message(services.EucalyptusCC['2.0'], 'RunInstances', 'request');
const resources = message(services.EucalyptusCC['2.0'], 'DescribeResources', 'response');
const describe20 = message(services.EucalyptusNC['2.0'], 'ncDescribeInstances', 'response');
const describe44 = message(services.EucalyptusNC['4.4'], 'ncDescribeInstances', 'response');

const net = { privateMacAddress: 'd0:0d:12:34:56:78', privateIp: '10.0.0.2', publicIp: '0.0.0.0', vlan: -1 };
const instance = {
  reservationId: 'r-12345678',
  instanceId: 'i-12345678',
  imageId: 'emi-12345678',
  userId: 'admin',
  keyName: 'ssh-rsa AAAA',
  instanceType: { name: 'm1.small' },
  netParams: { ...net, networkIndex: -1 },
  stateName: 'Extant',
  bundleTaskStateName: 'none',
  volumes: [{ volumeId: 'vol-1', remoteDev: '/dev/x', localDev: 'sdb', state: 'attached' }],
};
const refused = (problem: string) =>
  expect.objectContaining({ code: 'Wire.NotForOriginal', message: expect.stringContaining(problem) });

test('a complete plain message passes', () => {
  checkForOriginal(describe20, { instances: [instance] }, '2.0');
  checkForOriginal(stop, { netName: 'a\tb\n ~', vlan: 1 }, '2.0');
});

test.each(['ü', '\u{1f333}', '\r', '\u007f', '\u00a0'])('characters that arrive empty are refused: %j', (character) => {
  for (const dialect of ['2.0', '4.4'] as const) {
    expect(() => checkForOriginal(stop, { netName: `a${character}` }, dialect)).toThrow(
      refused('StopNetwork/netName: an original peer reads ASCII only'),
    );
  }
});

test('asciiText makes any text one that passes', () => {
  expect(asciiText('für 5 €\r\n\u{1f333}')).toBe('f?r 5 ??\n?');
  checkForOriginal(stop, { netName: asciiText('ü\u0000\ud800') }, '2.0');
});

describe('what crashes the peer when absent must be there', () => {
  const lacking: readonly [string, object][] = [
    ['bundleTaskStateName', { ...instance, bundleTaskStateName: undefined }],
    ['netParams', { ...instance, netParams: undefined }],
    ['instanceType/name', { ...instance, instanceType: {} }],
    ['volumes[0]/state', { ...instance, volumes: [{ volumeId: 'v', remoteDev: 'r', localDev: 'l' }] }],
    [
      'deviceMapping[0]/format',
      { ...instance, instanceType: { name: 't', deviceMapping: [{ deviceName: 'sda', virtualName: 'ami' }] } },
    ],
  ];
  test.each(lacking)('%s', (path, value) => {
    expect(() => checkForOriginal(describe20, { instances: [value] }, '2.0')).toThrow(refused(path));
  });

  test('platform of RunInstances to a CC; nothing of a failure', () => {
    const order = { instanceType: { name: 'm1.small' }, instanceIds: ['i-12345678'] };
    expect(() => checkForOriginal(run, order, '2.0')).toThrow(refused('RunInstances/platform'));
    checkForOriginal(run, { ...order, platform: 'linux' }, '2.0');
    checkForOriginal(run, { return: false }, '2.0');
  });
});

describe('buffers of a 2.0 CC', () => {
  test.each([
    ['instanceId', 15],
    ['keyName', 1023],
    ['userData', 4095],
    ['serviceTag', 63],
    ['stateName', 15],
  ])('%s holds %d characters', (name, longest) => {
    const check = (length: number, dialect: '2.0' | '4.4') =>
      checkForOriginal(describe20, { instances: [{ ...instance, [name]: 'x'.repeat(length) }] }, dialect);
    check(longest, '2.0');
    expect(() => check(longest + 1, '2.0')).toThrow(refused(`instances[0]/${name}: ${String(longest + 1)} characters`));
    check(longest + 1, '4.4');
  });

  test('1024 nodes, 2048 instances, 64 groups', () => {
    checkForOriginal(resources, { serviceTags: Array<string>(1024).fill('http://n') }, '2.0');
    expect(() => checkForOriginal(resources, { serviceTags: Array<string>(1025).fill('http://n') }, '2.0')).toThrow(
      refused('DescribeResourcesResponse/serviceTags: 1025 items'),
    );
    expect(() => checkForOriginal(describe20, { instances: Array<object>(2049).fill(instance) }, '2.0')).toThrow(
      refused('instances: 2049 items'),
    );
    const grouped = { ...instance, groupNames: Array<string>(65).fill('g') };
    expect(() => checkForOriginal(describe20, { instances: [grouped] }, '2.0')).toThrow(refused('groupNames: 65'));
    checkForOriginal(describe44, { instances: Array<object>(2049).fill(instance) }, '4.4');
  });
});
