import { expect, test } from '@jest/globals';
import { paginate } from './pagination.js';

const page = (rows: string[], MaxResults?: number, NextToken?: string) =>
  paginate(rows, (row) => row, { MaxResults, NextToken });

test('pages follow each other although rows come and go', () => {
  const first = page(['d', 'b', 'a', 'c'], 2);
  expect(first.rows).toEqual(['a', 'b']);
  const second = page(['aa', 'c', 'd'], 2, first.nextToken);
  expect(second).toEqual({ rows: ['c', 'd'], nextToken: undefined });
});

test('a token that was not given out is refused', () => {
  for (const token of ['x', Buffer.from('a').toString('base64url'), `${page(['a', 'b'], 1).nextToken}=`]) {
    expect(() => page(['a'], 1, token)).toThrow(/NextToken/);
  }
});
