import { beforeAll, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { addBeside, without } from './trusted-texts.js';

let old: string;
let fresh: string;
let other: string;

beforeAll(async () => {
  [old, fresh, other] = (await Promise.all(['old', 'fresh', 'other'].map(makeIdentity))).map(
    ({ certificatePem }) => certificatePem,
  ) as [string, string, string];
});

test('a new certificate comes beside the known one, once, and nowhere else', () => {
  const both = addBeside(old, old, fresh);
  expect(both).toBe(old + fresh);
  expect(addBeside(both!, old, fresh)).toBeUndefined();
  expect(addBeside(other, old, fresh)).toBeUndefined();
});

test('the old one goes when another is there', () => {
  expect(without(old + fresh, old)).toBe(fresh);
  expect(without(fresh, old)).toBeUndefined();
  expect(() => without(old, old)).toThrow(expect.objectContaining({ code: 'Keys.RotationOrder' }));
});
