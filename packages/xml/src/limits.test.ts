import { describe, expect, test } from '@jest/globals';
import { isMalleeError } from '@mallee/errors';
import { defaultLimits, parseXml, type XmlLimits } from './index.js';

/** What became of a document: 'accepted', or the code and, for a limit, its name and value. */
function outcome(document: string, options: Partial<XmlLimits> = {}): string {
  try {
    parseXml(document, options);
    parseXml(Buffer.from(document), options);
  } catch (error) {
    if (!isMalleeError(error)) throw error;
    const { limit, value } = error.details as { limit?: string; value?: number };
    return limit === undefined ? error.code : `${error.code} ${limit} = ${value}`;
  }
  return 'accepted';
}

const deep = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
const wide = (elements: number): string => `<a>${'<b/>'.repeat(elements - 1)}</a>`;
const declared = (count: number): string =>
  Array.from({ length: count }, (_, n) => `<a xmlns:n${n}="urn:${n}">`).join('') + '</a>'.repeat(count);
const attributes = (count: number): string => `<a${Array.from({ length: count }, (_, n) => ` k${n}=""`).join('')}/>`;

/** A document that has exactly so much of what each limit bounds. */
const sized: Readonly<Record<keyof XmlLimits, (size: number) => string>> = {
  maxBytes: (size) => `<a>${'\u20ac'}${'x'.repeat(size - 10)}</a>`,
  maxDepth: deep,
  maxElements: wide,
  maxAttributes: attributes,
  maxNameLength: (size) => `<a><${'b'.repeat(size)}/></a>`,
  maxNamespaces: declared,
};

const small: Readonly<Record<keyof XmlLimits, number>> = {
  maxBytes: 100,
  maxDepth: 5,
  maxElements: 10,
  maxAttributes: 4,
  maxNameLength: 20,
  maxNamespaces: 6,
};

const names = Object.keys(sized) as (keyof XmlLimits)[];

test('every limit is tested', () => {
  expect(names.sort()).toEqual(Object.keys(defaultLimits).sort());
});

describe.each(names)('%s', (name) => {
  const others = { maxDepth: 1000 };

  test('as set: below and at the limit accepted, above it refused, by its name', () => {
    const limit = small[name];
    const options = { ...others, [name]: limit };
    expect(outcome(sized[name](limit - 1), options)).toBe('accepted');
    expect(outcome(sized[name](limit), options)).toBe('accepted');
    expect(outcome(sized[name](limit + 1), options)).toBe(`Wire.LimitExceeded ${name} = ${limit}`);
  });

  test('as it is by default', () => {
    const limit = defaultLimits[name];
    // Nested declarations are nested elements; only one limit is to be met at a time.
    const options = name === 'maxNamespaces' ? others : {};
    expect(outcome(sized[name](limit - 1), options)).toBe('accepted');
    expect(outcome(sized[name](limit), options)).toBe('accepted');
    expect(outcome(sized[name](limit + 1), options)).toBe(`Wire.LimitExceeded ${name} = ${limit}`);
  });

  test('raised: what was above is accepted', () => {
    const limit = small[name];
    expect(outcome(sized[name](limit + 1), { ...others, [name]: limit + 1 })).toBe('accepted');
  });
});

describe('what counts', () => {
  const cases: readonly (readonly [string, string, Partial<XmlLimits>, string])[] = [
    ['bytes of UTF-8, not characters', '<a>\u20ac</a>', { maxBytes: 9 }, 'Wire.LimitExceeded maxBytes = 9'],
    [
      'declarations as attributes',
      '<a xmlns="urn:a" xmlns:b="urn:b" k=""/>',
      { maxAttributes: 2 },
      'Wire.LimitExceeded maxAttributes = 2',
    ],
    [
      'the prefix in the length of a name',
      '<ab:cdefgh xmlns:ab="urn:a"/>',
      { maxNameLength: 8 },
      'Wire.LimitExceeded maxNameLength = 8',
    ],
    ['names of attributes', '<a abcdefgh=""/>', { maxNameLength: 7 }, 'Wire.LimitExceeded maxNameLength = 7'],
    [
      'prefixes that are declared',
      '<a xmlns:ab="urn:a"/>',
      { maxNameLength: 7 },
      'Wire.LimitExceeded maxNameLength = 7',
    ],
    [
      'namespaces in scope, not in the document',
      '<a><b xmlns="urn:b"/><c xmlns="urn:c"/></a>',
      { maxNamespaces: 1 },
      'accepted',
    ],
    ['elements without content as deep', '<a><b/></a>', { maxDepth: 1 }, 'Wire.LimitExceeded maxDepth = 1'],
  ];
  test.each(cases)('%s', (_what, document, limits, expected) => {
    expect(outcome(document, limits)).toBe(expected);
  });
});
