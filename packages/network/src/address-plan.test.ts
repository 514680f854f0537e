import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addressAt,
  broadcast,
  capacity,
  FIRST_INDEX,
  gateway,
  indexOf,
  lastIndex,
  macOf,
  pickIndex,
} from './address-plan.js';
import { formatAddress, formatSubnet, netmask, parseAddress, parseSubnet } from './ipv4.js';

const subnets = fc
  .tuple(fc.integer({ min: 20, max: 29 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
  .map(([prefix, address]) =>
    parseSubnet(`${formatAddress(address - (address % 2 ** (32 - prefix)))}/${String(prefix)}`),
  );

describe('address plan', () => {
  test('a network of 32 has gateway .1 and hosts .2 to .30, 29 of them', () => {
    const subnet = parseSubnet('192.168.1.0/27');
    expect(gateway(subnet)).toBe('192.168.1.1');
    expect(addressAt(subnet, FIRST_INDEX)).toBe('192.168.1.2');
    expect(addressAt(subnet, lastIndex(subnet))).toBe('192.168.1.30');
    expect(broadcast(subnet)).toBe('192.168.1.31');
    expect(netmask(subnet)).toBe('255.255.255.224');
    expect(capacity(subnet)).toBe(29);
  });

  test('index and address are inverse, and every address lies inside and is not the gateway or broadcast', () => {
    fc.assert(
      fc.property(subnets, fc.nat(), (subnet, n) => {
        const index = FIRST_INDEX + (n % capacity(subnet));
        const address = addressAt(subnet, index);
        expect(indexOf(subnet, address)).toBe(index);
        expect(parseAddress(address)).toBeGreaterThan(parseAddress(gateway(subnet)));
        expect(parseAddress(address)).toBeLessThan(parseAddress(broadcast(subnet)));
        expect(parseSubnet(formatSubnet(subnet))).toEqual(subnet);
      }),
    );
  });

  test('pickIndex gives every usable index exactly once before it says full, whatever the cursor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 26, max: 30 }), fc.integer({ min: -5, max: 200 }), (prefix, start) => {
        const subnet = parseSubnet(`10.0.0.0/${String(prefix)}`);
        const used = new Set<number>();
        let cursor = start;
        for (let i = 0; i < capacity(subnet); i += 1) {
          const index = pickIndex(subnet, used, cursor);
          expect(index).toBeDefined();
          expect(used.has(index ?? -1)).toBe(false);
          expect(addressAt(subnet, index ?? -1)).toBeDefined();
          used.add(index ?? -1);
          cursor = index ?? -1;
        }
        expect(pickIndex(subnet, used, cursor)).toBeUndefined();
      }),
    );
  });

  test('a released index is the last one to be given out again', () => {
    const subnet = parseSubnet('10.0.0.0/29');
    expect(pickIndex(subnet, new Set([3]), 3)).toBe(4);
    expect(pickIndex(subnet, new Set(), 6)).toBe(2);
  });

  test('the MAC is d0:0d and the digits of the id', () => {
    expect(macOf('i-1234abcd')).toBe('d0:0d:12:34:AB:CD');
    for (const bad of ['i-1234abc', 'i-1234abcde', 'i-1234abcg', '1234abcd', "i-1234abcd'", 'i-1234abcd\n']) {
      expect(() => macOf(bad)).toThrow(expect.objectContaining({ code: 'InvalidInstanceID.Malformed' }));
    }
  });

  test('wrong subnets are refused with the right one named', () => {
    expect(() => parseSubnet('10.0.0.5/24')).toThrow('10.0.0.0/24');
    for (const bad of ['10.0.0.0', '10.0.0.0/31', '10.0.0.0/7', '300.0.0.0/24', '10.0.0.0/24; x', '']) {
      expect(() => parseSubnet(bad)).toThrow(expect.objectContaining({ code: 'Configuration.Invalid' }));
    }
  });
});
