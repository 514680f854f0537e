import { expect, test } from '@jest/globals';
import { chooseZone, computeRoom } from './capacity.js';

const types = [
  { name: 'small', cores: 1, memory_mb: 128, disk_gb: 2 },
  { name: 'large', cores: 2, memory_mb: 512, disk_gb: 10 },
];
const reportedAt = new Date('2026-01-01T00:01:00Z');
const before = new Date('2026-01-01T00:00:00Z');
const after = new Date('2026-01-01T00:02:00Z');
const capacity = types.map(({ name }) => ({
  zone: 'red',
  instance_type: name,
  available: 10,
  maximum: 20,
  updated_at: reportedAt,
}));
const red = { name: 'red', up: true };

test('launches after the report, or never listed, use up room in proportion to their size', () => {
  const pending = (instance_type: string, launched_at: Date, last_seen_at: Date | null) => ({
    zone: 'red',
    instance_type,
    launched_at,
    last_seen_at,
  });
  const free = (list: ReturnType<typeof pending>[], type: string) =>
    computeRoom([red], capacity, types, list, type)[0]!.free;
  expect(free([], 'small')).toBe(10);
  expect(free([pending('small', before, before)], 'small')).toBe(10);
  expect(free([pending('small', before, null)], 'small')).toBe(9);
  expect(free([pending('small', after, after)], 'small')).toBe(9);
  expect(free([pending('large', after, null)], 'small')).toBe(5);
  expect(free([pending('small', after, null)], 'large')).toBe(9);
  expect(
    free([pending('large', after, null), pending('large', after, null), pending('large', after, null)], 'small'),
  ).toBe(0);
  expect(computeRoom([{ name: 'red', up: false }], capacity, types, [], 'small')[0]!.free).toBe(0);
});

test('the zone named, else the one with most room; never split', () => {
  const rooms = [
    { zone: 'blue', up: true, free: 2 },
    { zone: 'red', up: true, free: 4 },
  ];
  expect(chooseZone(rooms, undefined, 'small', { min: 1, max: 3 })).toEqual({ zone: 'red', count: 3 });
  expect(chooseZone(rooms, 'blue', 'small', { min: 1, max: 3 })).toEqual({ zone: 'blue', count: 2 });
  expect(() => chooseZone(rooms, undefined, 'small', { min: 5, max: 6 })).toThrow('blue 2 free, red 4 free');
  expect(() => chooseZone([], undefined, 'small', { min: 1, max: 1 })).toThrow('no cluster is registered');
});
