import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parameterTree, parseForm } from './parameters.js';

const tree = (text: string): unknown => JSON.parse(JSON.stringify(parameterTree(parseForm(text))));

test('lists in numeric order, structures, values with escapes', () => {
  expect(tree('b.10=c&b.2=b&b.1=a&F.1.Name=n&F.1.Value.1=x+y&F.1.Value.2=%2B%C3%A9&e=&f')).toEqual({
    b: ['a', 'b', 'c'],
    F: [{ Name: 'n', Value: ['x y', '+é'] }],
    e: '',
    f: '',
  });
});

test('the first of two values counts; a value beside children is dropped; gaps close', () => {
  expect(tree('a=1&a=2&b=x&b.1=y&c.999999999=z')).toEqual({ a: '1', b: ['y'], c: ['z'] });
});

test('no name reaches a prototype', () => {
  const parsed = parameterTree(parseForm('__proto__.polluted=1&constructor.prototype.polluted=1&toString=x'));
  expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('bounds', () => {
  expect(() => parseForm('a=1&'.repeat(10_001))).toThrow(/10000 parameters/);
  expect(() => tree(`${'a.'.repeat(8)}a=1`)).toThrow(/nested/);
  expect(() => tree(`${'a'.repeat(256)}=1`)).toThrow(/255/);
  expect(() => parseForm('a=%ff')).toThrow(/percent/);
});

test('any list of simple pairs survives', () => {
  const word = fc.stringMatching(/^[A-Za-z]{1,8}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(word, fc.string({ unit: 'grapheme' })), { selector: ([name]) => name }),
      (pairs) => {
        const form = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
        const parsed = parameterTree(parseForm(form));
        expect(Object.entries(parsed)).toEqual(pairs);
      },
    ),
  );
});
