import { expect, test } from '@jest/globals';
import { normaliseCidr, portRange } from './rules.js';

test.each([
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['192.168.1.255/25', '192.168.1.128/25'],
  ['255.255.255.255/32', '255.255.255.255/32'],
])('%s is stored as %s', (given, stored) => expect(normaliseCidr(given)).toBe(stored));

test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '010.0.0.1/8', '::/0', '1.2.3.4/-1', '1.2.3.4/8 '.repeat(2)])(
  'the range %j is refused',
  (given) => expect(() => normaliseCidr(given)).toThrow(/malformed/),
);

test('protocols and ports', () => {
  expect(portRange('6', 22, 22)).toEqual({ protocol: 'tcp', fromPort: 22, toPort: 22 });
  expect(portRange('TCP', -1, -1)).toEqual({ protocol: 'tcp', fromPort: 0, toPort: 65535 });
  expect(portRange('icmp', undefined, undefined)).toEqual({ protocol: 'icmp', fromPort: -1, toPort: -1 });
  expect(portRange('-1', 1, 2)).toEqual({ protocol: '-1', fromPort: null, toPort: null });
  for (const [protocol, from, to] of [
    ['tcp', 2, 1],
    ['udp', -1, 5],
    ['udp', undefined, 5],
    ['icmp', -1, 3],
    ['gre', 1, 1],
  ] as const) {
    expect(() => portRange(protocol, from, to)).toThrow();
  }
});
