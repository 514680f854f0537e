import { describe, expect, test } from '@jest/globals';
import { applyFilters, matchesPattern } from './filters.js';

describe('matchesPattern', () => {
  test.each([
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['a*c', 'abbc', true],
    ['a*c', 'abbcd', false],
    ['*.manifest.xml', 'b/k.manifest.xml', true],
    ['a?c', 'abc', true],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a\\?', 'a?', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['ABC', 'abc', false],
  ])('%j on %j is %j', (pattern, value, expected) => expect(matchesPattern(pattern, value)).toBe(expected));

  test('many stars on a long text end in polynomial time', () => {
    expect(matchesPattern('*a'.repeat(100) + 'b', 'a'.repeat(20_000))).toBe(false);
  });
});

test('all filters must match, one value of each is enough; tags by key, value and pair', () => {
  const row = (name: string, tags: [string, string][]) => ({ name, list: [name, 'x'], tags: new Map(tags) });
  const rows = [row('one', [['a', '1']]), row('two', [['a', '2']]), row('three', [])];
  const table = { name: (one: (typeof rows)[number]) => one.name, list: (one: (typeof rows)[number]) => one.list };
  const names = (...filters: { Name: string; Value: string[] }[]) =>
    applyFilters(rows, filters, table).map((one) => one.name);
  expect(names({ Name: 'name', Value: ['t*', 'nothing'] })).toEqual(['two', 'three']);
  expect(names({ Name: 'name', Value: ['t*'] }, { Name: 'tag:a', Value: ['*'] })).toEqual(['two']);
  expect(names({ Name: 'tag-key', Value: ['a'] }, { Name: 'list', Value: ['x'] })).toEqual(['one', 'two']);
  expect(names({ Name: 'tag-value', Value: ['2'] })).toEqual(['two']);
  expect(names({ Name: 'name', Value: [] })).toEqual([]);
  for (const Name of ['colour', 'constructor', '__proto__']) {
    expect(() => names({ Name, Value: ['x'] })).toThrow(`The filter '${Name}' is invalid`);
  }
});
