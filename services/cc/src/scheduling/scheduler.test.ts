import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countFitting, fits, greedy, roundRobin, type Candidate } from './scheduler.js';

const size = fc.nat({ max: 8 });
const candidates = fc.array(fc.record({ url: fc.string(), up: fc.boolean(), memory: size, disk: size, cores: size }), {
  maxLength: 6,
});
const need = fc.record({ memory: fc.integer({ min: 1, max: 8 }), disk: size, cores: size });
const free = (url: string, cores: number, up = true): Candidate => ({ url, up, memory: 100, disk: 100, cores });
const one = { memory: 1, disk: 1, cores: 1 };

describe.each([
  ['GREEDY', greedy],
  ['ROUNDROBIN', roundRobin],
])('%s', (_name, scheduler) => {
  test('chooses a node that is up and fits, and finds one whenever there is one', () => {
    fc.assert(
      fc.property(candidates, need, fc.integer({ min: 0, max: 20 }), (nodes, wanted, cursor) => {
        const choice = scheduler(nodes, wanted, cursor);
        const possible = nodes.filter((node) => node.up && fits(node, wanted));
        if (choice === undefined) {
          expect(possible).toEqual([]);
        } else {
          expect(possible).toContain(nodes[choice.index]);
          expect(choice.cursor).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('GREEDY', () => {
  test('fills the lowest index first', () => {
    expect(greedy([free('a', 0), free('b', 1), free('c', 9)], one, 0)?.index).toBe(1);
    expect(greedy([free('a', 1, false), free('b', 0), free('c', 9)], one, 0)?.index).toBe(2);
  });
});

describe('ROUNDROBIN', () => {
  test('goes on behind the last choice and wraps', () => {
    const nodes = [free('a', 9), free('b', 9), free('c', 9)];
    let cursor = 0;
    const order = [1, 2, 3, 4].map(() => {
      const choice = roundRobin(nodes, one, cursor);
      cursor = choice?.cursor ?? -1;
      return nodes[choice?.index ?? -1]?.url;
    });
    expect(order).toEqual(['a', 'b', 'c', 'a']);
  });

  test('equal nodes get equally many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }), (count, rounds) => {
        const nodes = Array.from({ length: count }, (_v, i) => free(String(i), 100));
        const got = new Array<number>(count).fill(0);
        let cursor = 0;
        for (let i = 0; i < count * rounds; i += 1) {
          const choice = roundRobin(nodes, one, cursor);
          if (choice === undefined) throw new Error('no choice');
          got[choice.index] = (got[choice.index] ?? 0) + 1;
          cursor = choice.cursor;
        }
        expect(got).toEqual(new Array<number>(count).fill(rounds));
      }),
    );
  });
});

test('countFitting is limited by what is shortest', () => {
  expect(countFitting({ memory: 1024, disk: 10, cores: 8 }, { memory: 512, disk: 5, cores: 1 })).toBe(2);
  expect(countFitting({ memory: 1024, disk: 10, cores: 0 }, { memory: 512, disk: 5, cores: 1 })).toBe(0);
});
