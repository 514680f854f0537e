import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import { isMalleeError } from '@mallee/errors';
import { canonicalize, parseXml, type XmlElement, type XmlLimits } from './index.js';
import { growth, heapKeptBy } from './test-support/cost.js';

function outcome(document: string | Uint8Array, options: Partial<XmlLimits> = {}): string {
  try {
    parseXml(document, options);
  } catch (error) {
    if (!isMalleeError(error)) throw error;
    return error.code;
  }
  return 'accepted';
}

// The machine may be busy.
jest.setTimeout(300_000);

const MALFORMED = 'Wire.MalformedXml';
const LIMIT = 'Wire.LimitExceeded';
const MEGABYTE = 1024 * 1024 - 100;

const entities = Array.from({ length: 10 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('');

/** The attacks on XML readers that are refused, with what refuses them. */
const refused: readonly (readonly [string, () => string, string])[] = [
  ['coercive parsing: depth without end', () => '<a>'.repeat(MEGABYTE / 3), LIMIT],
  ['coercive parsing: depth with its end', () => '<a>'.repeat(MEGABYTE / 7) + '</a>'.repeat(MEGABYTE / 7), LIMIT],
  [
    'coercive parsing: depth with names that differ',
    () => Array.from({ length: 50_000 }, (_, n) => `<a${n}>`).join(''),
    LIMIT,
  ],
  ['element count: more than can be used', () => `<a>${'<b/>'.repeat(200_000)}</a>`, LIMIT],
  ['SOAP array: items without end', () => `<a>${'<item>1</item>'.repeat(70_000)}`, LIMIT],
  ['attribute count', () => `<a ${Array.from({ length: 50_000 }, (_, n) => `k${n}=""`).join(' ')}/>`, LIMIT],
  [
    'attribute count: declarations',
    () => `<a ${Array.from({ length: 30_000 }, (_, n) => `xmlns:k${n}="urn:x"`).join(' ')}/>`,
    LIMIT,
  ],
  ['over-long names of elements', () => `<${'a'.repeat(MEGABYTE)}/>`, LIMIT],
  ['over-long names of attributes', () => `<a ${'k'.repeat(MEGABYTE)}=""/>`, LIMIT],
  ['over-long prefixes', () => `<${'a'.repeat(MEGABYTE)}:b/>`, LIMIT],
  ['over-long namespace prefixes', () => `<a xmlns:${'p'.repeat(MEGABYTE)}="urn:p"/>`, LIMIT],
  ['size', () => `<a>${'x'.repeat(MEGABYTE * 2)}</a>`, LIMIT],
  ['entity expansion: a billion laughs', () => `<!DOCTYPE a [<!ENTITY e0 "ha">${entities}]><a>&e10;</a>`, MALFORMED],
  [
    'entity expansion: quadratic blow-up',
    () => `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(50_000)}">]><a>${'&e;'.repeat(50_000)}</a>`,
    MALFORMED,
  ],
  ['entity expansion: one that names itself', () => '<!DOCTYPE a [<!ENTITY e "&e;">]><a>&e;</a>', MALFORMED],
  ['entity expansion without DOCTYPE', () => '<a>&lol;</a>', MALFORMED],
  ['external entity: a file', () => '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', MALFORMED],
  [
    'external entity: a device that does not end',
    () => '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///dev/zero">]><a>&e;</a>',
    MALFORMED,
  ],
  ['external entity: ftp', () => '<!DOCTYPE a [<!ENTITY e SYSTEM "ftp://127.0.0.1/x">]><a>&e;</a>', MALFORMED],
  [
    'external entity: a public identifier',
    () => '<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1/x"><a/>',
    MALFORMED,
  ],
  ['parameter entities', () => '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]><a/>', MALFORMED],
  [
    'parameter entities within declarations',
    () => '<!DOCTYPE a [<!ENTITY % p "<!ENTITY e \'x\'>">%p;]><a>&e;</a>',
    MALFORMED,
  ],
  ['default attributes', () => '<!DOCTYPE a [<!ATTLIST a k CDATA "v">]><a/>', MALFORMED],
  ['a DOCTYPE of any letter case', () => '<!doctype a><a/>', MALFORMED],
  ['a stylesheet', () => '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?><a/>', MALFORMED],
  ['references that do not end', () => `<a>${'&'.repeat(500_000)}</a>`, MALFORMED],
  ['a reference as long as the document', () => `<a>&#${'0'.repeat(500_000)}65;</a>`, MALFORMED],
  ['a section that does not end', () => `<a>${'<![CDATA['.repeat(100_000)}</a>`, MALFORMED],
  ['an attribute that does not end', () => `<a k="${'x'.repeat(500_000)}`, MALFORMED],
  ['a start tag of white space', () => `<a${' '.repeat(500_000)}`, MALFORMED],
  ['a document of white space', () => ' '.repeat(MEGABYTE), MALFORMED],
  ['a document of start signs', () => '<'.repeat(MEGABYTE), MALFORMED],
];

describe('attacks on XML readers are refused', () => {
  test.each(refused)('%s', (_what, make, code) => {
    const document = make();
    expect(outcome(document)).toBe(code);
    // Nothing of it is kept.
    expect(heapKeptBy(() => outcome(Buffer.from(document)))).toBeLessThan(4 * 1024 * 1024);
  });

  test('what is refused early costs little: the rest of the document is not read into elements', () => {
    for (const [, make, code] of refused.filter(
      ([what]) => what.startsWith('coercive') || what.startsWith('attribute'),
    )) {
      const cost = growth(
        (size) => make().slice(0, size),
        50_000,
        (document) => expect(outcome(document)).toBe(code),
      );
      expect(cost).toBeLessThan(60);
    }
  });
});

/** Documents within the limits whose parts repeat `size` times or have about so many characters. */
const repeated: Readonly<Record<string, (size: number) => string>> = {
  'SOAP array: many elements': (size) => `<a>${'<item>1</item>'.repeat(size)}</a>`,
  'empty elements': (size) => `<a>${'<b/>'.repeat(size)}</a>`,
  'elements and text in turn': (size) => `<a>${'x<b/>'.repeat(size)}</a>`,
  'as many attributes as may be': (size) =>
    `<a>${`<b ${Array.from({ length: 32 }, (_, n) => `k${n}="v"`).join(' ')}/>`.repeat(size / 20)}</a>`,
  'as many declarations as may be': (size) =>
    `<a>${`<b ${Array.from({ length: 32 }, (_, n) => `xmlns:k${n}="urn:v"`).join(' ')}><k9:c/></b>`.repeat(size / 20)}</a>`,
  'one long text': (size) => `<a>${'x'.repeat(size * 20)}</a>`,
  'one long attribute': (size) => `<a k="${'x'.repeat(size * 20)}"/>`,
  'references in text': (size) => `<a>${'&#x41;&amp;'.repeat(size)}</a>`,
  'references in an attribute': (size) => `<a k="${'&#x41;&amp;'.repeat(size)}"/>`,
  'references far from their semicolons': (size) => `<a>${'&#0000000000065;'.repeat(size)}</a>`,
  'CDATA sections': (size) => `<a>${'<![CDATA[x]]>'.repeat(size)}</a>`,
  'line ends': (size) => `<a>${'\r\n\r'.repeat(size)}</a>`,
  'white space in tags': (size) => `<a${' '.repeat(size * 10)}/>`,
  'closing brackets': (size) => `<a>${']'.repeat(size * 10)}</a>`,
  'characters outside ASCII': (size) => `<a>${'\u{1f600}\u00fc'.repeat(size)}</a>`,
};

describe('cost grows with the size of the document, not with its square', () => {
  const limits = { maxBytes: 1 << 26, maxElements: 10_000_000 };
  test.each(Object.keys(repeated))('%s', (what) => {
    const cost = growth(repeated[what]!, 2000, (document) => canonicalize(parseXml(document, limits)));
    expect(cost).toBeLessThan(60);
  });

  test.each(Object.keys(repeated))('%s: the tree is not much larger than the document', (what) => {
    const document = repeated[what]!(10_000);
    // An element of four characters is an object of its own, so the factor is large for those only.
    const kept = heapKeptBy(() => parseXml(Buffer.from(document), limits));
    expect(kept).toBeLessThan(100 * document.length + 1024 * 1024);
  });
});

/** Strings that have one hash under the multiplication with 31 (Java) or 33 (PHP, Perl). */
function colliding(pairs: readonly [string, string], length: number, count: number): string[] {
  return Array.from({ length: count }, (_, number) =>
    Array.from({ length }, (_unused, bit) => pairs[(number >> bit) & 1]).join(''),
  );
}

describe('hash collisions make nothing slower', () => {
  const ordinary = Array.from({ length: 4096 }, (_, n) => `name-${n}-${'x'.repeat(14)}`);
  const sets: readonly (readonly [string, string[]])[] = [
    ['DJBX31A', colliding(['Aa', 'BB'], 12, 4096)],
    ['DJBX33A', colliding(['Ez', 'FY'], 12, 4096)],
    ['DJBX33X', colliding(['bJ', 'ak'], 12, 4096)],
  ];
  const asElements = (names: string[]): string => `<a>${names.map((name) => `<${name} ${name}="1"/>`).join('')}</a>`;
  const asIds = (names: string[]): string => `<a>${names.map((name) => `<b Id="${name}"/>`).join('')}</a>`;
  const read = (document: string): XmlElement => parseXml(document);

  test.each(sets)('%s', (_name, names) => {
    for (const write of [asElements, asIds]) {
      const [hostile, plain] = [write(names), write(ordinary)];
      const cost = growth(
        (size) => (size === 1 ? plain : hostile),
        1,
        (document) => read(document as string),
      );
      expect(cost).toBeLessThan(20);
    }
  });
});

test('nothing that a document names is fetched', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  const taken = [
    `<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="${url}" parse="text"/></a>`,
    `<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a ${url}" xsi:noNamespaceSchemaLocation="${url}"/>`,
    `<a xmlns="${url}"/>`,
    `<wsdl:import xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" namespace="urn:x" location="${url}"/>`,
    `<a xml:base="${url}" href="${url}"/>`,
  ];
  for (const document of taken) expect(outcome(document)).toBe('accepted');
  const entity = [
    `<!DOCTYPE a SYSTEM "${url}"><a/>`,
    `<!DOCTYPE a [<!ENTITY e SYSTEM "${url}">]><a>&e;</a>`,
    `<!DOCTYPE a [<!ENTITY % p SYSTEM "${url}"> %p;]><a/>`,
    `<?xml-stylesheet href="${url}"?><a/>`,
  ];
  for (const document of entity) expect(outcome(document)).toBe(MALFORMED);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(requests).toBe(0);
  await new Promise((resolve) => server.close(resolve));
});
