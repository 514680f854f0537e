import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMetadata, renderMetadata } from './domain-metadata.js';

it('reads back any JSON it wrote', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(parseMetadata(renderMetadata(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('reads the element as virsh prints it, without prefix', () => {
  expect(parseMetadata('<instance>{&quot;a&quot;:1}</instance>\n\n')).toEqual({ a: 1 });
});

it.each(['', '<other>1</other>', '<instance>{</instance>', '<instance><b/></instance>'])(
  'gives nothing for %j',
  (text) => {
    expect(parseMetadata(text)).toBeUndefined();
  },
);
