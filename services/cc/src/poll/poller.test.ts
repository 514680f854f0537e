import { expect, test } from '@jest/globals';
import { pauseSeconds } from './poller.js';

test('a node that keeps failing is asked less and less, but within a minute', () => {
  const middle = (failures: number): number => pauseSeconds(6, failures, () => 0.5);
  expect([0, 1, 2, 3, 4, 5, 6, 100].map(middle)).toEqual([6, 6, 6, 12, 24, 48, 60, 60]);
});

test('an interval above a minute is never shortened, and polls are spread by a tenth', () => {
  expect(pauseSeconds(300, 50, () => 0.5)).toBe(300);
  expect(pauseSeconds(10, 0, () => 0)).toBeCloseTo(9);
  expect(pauseSeconds(10, 0, () => 1)).toBeCloseTo(11);
});
