import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize, parseXml, plainScope, readPlainElement, type XmlElement, type XmlLimits } from './index.js';
import { documents } from './test-support/documents.js';

const SCOPE = plainScope([
  ['s', 'urn:s'],
  ['u', 'urn:u'],
]);
const OPEN = '<s:all xmlns:s="urn:s" xmlns:u="urn:u" u:x="">';
const CLOSE = '</s:all>';

/** The element as the fast reader has it, within a document whose canonical form renders s and u. */
function plain(text: string, limits: Partial<XmlLimits> = {}): XmlElement | undefined {
  const whole = OPEN + text + CLOSE;
  return readPlainElement(
    {
      bytes: Buffer.from(whole, 'latin1'),
      text: whole,
      from: OPEN.length,
      to: OPEN.length + text.length,
      scope: SCOPE,
      depth: 1,
      elementsBefore: 1,
    },
    limits,
  )?.root;
}

/** The same element by the strict reader; undefined if it refuses the document or finds more than one element. */
function strict(text: string, limits: Partial<XmlLimits> = {}): { root: XmlElement; all: XmlElement } | undefined {
  try {
    const all = parseXml(OPEN + text + CLOSE, limits);
    const root = all.children[0];
    return root === undefined || all.children.length > 1 || all.text !== '' ? undefined : { root, all };
  } catch {
    return undefined;
  }
}

function copy(element: XmlElement): unknown {
  const { prefix, local, namespace, text } = element;
  return { prefix, local, namespace, text, attributes: [...element.attributes], children: element.children.map(copy) };
}

/** What the fast reader takes, the strict one takes, too: the same tree, and its text is its canonical form. Tells whether it took it. */
function agree(text: string, limits: Partial<XmlLimits> = {}): boolean {
  const fast = plain(text, limits);
  if (fast === undefined) return false;
  const slow = strict(text, limits);
  expect(slow).toBeDefined();
  expect(copy(fast)).toEqual(copy(slow!.root));
  expect(canonicalize(slow!.all)).toBe(OPEN + text + CLOSE);
  return true;
}

describe('the fast reader agrees with the strict one', () => {
  it('on generated documents in all spellings and on their canonical forms', () => {
    let taken = 0;
    fc.assert(
      fc.property(documents, (text) => {
        if (agree(text)) taken += 1;
        // The generated root declares a, b and c; in canonical form only what is used, which is what it is made for.
        const all = parseXml(`${OPEN}${text}${CLOSE}`);
        if (agree(canonicalize(all).slice(OPEN.length, -CLOSE.length))) taken += 1;
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('on canonical messages that were damaged', () => {
    const piece = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '&',
        '&amp;',
        '&#xD;',
        '&#x9;',
        '"',
        "'",
        ' ',
        '\n',
        '\t',
        '\r',
        '\0',
        '=',
        ':',
        ']]>',
        '\x7f',
        '\xfc',
      ],
      ...[
        '<n:a>',
        '</n:a>',
        '<u:b>',
        '</u:b>',
        '<b>',
        '</b>',
        '<!--x-->',
        '<?x?>',
        '<![CDATA[x]]>',
        'text',
        '<n:a/>',
        '</s:all>',
      ],
      ...[
        ' xmlns:n="urn:n"',
        ' xmlns:m="urn:m"',
        ' xmlns="urn:d"',
        ' xmlns=""',
        ' a="1"',
        ' n:a="1"',
        ' u:Id="x"',
        ' xml:lang="x"',
      ],
    );
    const base =
      '<n:op xmlns:n="urn:n" a="1" n:b="x&amp;y"><n:a>text</n:a><n:b></n:b>mixed<u:c><n:a>a&lt;b&gt;c&#xD;</n:a></u:c>\n\t' +
      '<m:d xmlns:m="urn:m"><m:e m:f=" "></m:e></m:d><x><y xmlns="urn:d"><z></z></y></x></n:op>';
    expect(agree(base)).toBe(true);
    const damage = fc.array(fc.tuple(fc.nat(base.length), fc.nat(12), piece), { minLength: 1, maxLength: 3 });
    let taken = 0;
    fc.assert(
      fc.property(damage, (changes) => {
        let text = base;
        for (const [at, cut, insert] of changes) text = text.slice(0, at) + insert + text.slice(at + cut);
        if (agree(text)) taken += 1;
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test.each<[string, string, boolean]>([
    ['an inherited prefix', '<u:a><s:b></s:b></u:a>', true],
    ['an inherited prefix declared again', '<n:a xmlns:n="urn:n" xmlns:u="urn:u" u:b=""></n:a>', false],
    ['a declaration that only a child uses', '<a xmlns:n="urn:n"><n:b></n:b></a>', false],
    [
      'a child that declares, one after it that does not',
      '<n:a xmlns:n="urn:n"><m:b xmlns:m="urn:m"></m:b><m:c></m:c></n:a>',
      false,
    ],
    ['one prefix for two names', '<a><n:b xmlns:n="urn:1"></n:b><n:b xmlns:n="urn:2"></n:b></a>', true],
    ['declarations out of order', '<n:a xmlns:n="urn:n" xmlns:m="urn:m" m:b=""></n:a>', false],
    ['attributes out of order', '<a c="" b=""></a>', false],
    ['an attribute twice', '<a b="" b=""></a>', false],
    ['no element', 'text', false],
    ['two elements', '<a></a><b></b>', false],
    ['an end tag too many', '<a></a></a>', false],
    ['an end tag too few', '<a><b></b>', false],
    ['another end tag', '<a></b>', false],
    ['a longer end tag', '<a></ab>', false],
    ['an end tag with a space', '<a></a >', false],
    ['a name with two colons', '<u:a:b></u:a:b>', false],
    ['a name of a digit', '<1></1>', false],
    ['an unknown prefix', '<x:a></x:a>', false],
    ['the prefix xmlns', '<xmlns:a></xmlns:a>', false],
    ['the prefix xml', '<xml:a></xml:a>', true],
  ])('on %s', (_what, text, taken) => {
    expect(agree(text)).toBe(taken);
  });

  test.each<[Partial<XmlLimits>, string, string]>([
    [{ maxDepth: 4 }, '<a><b><c></c></b></a>', '<a><b><c><d></d></c></b></a>'],
    [{ maxElements: 4 }, '<a><b></b><b></b></a>', '<a><b></b><b></b><b></b></a>'],
    [{ maxNameLength: 7 }, '<aaaaaaa></aaaaaaa>', '<aaaaaaaa></aaaaaaaa>'],
    [{ maxNamespaces: 3 }, '<n:a xmlns:n="urn:n"></n:a>', '<n:a xmlns:m="urn:m" xmlns:n="urn:n" m:a=""></n:a>'],
    [{ maxAttributes: 3 }, '<a b="" c="" d=""></a>', '<a b="" c="" d="" e=""></a>'],
  ])('on the limit %j', (limits, within, beyond) => {
    for (const text of [within, beyond]) {
      // Once without the limit: nothing that was kept may get round it.
      expect(agree(text)).toBe(true);
    }
    expect(agree(within, limits)).toBe(true);
    expect(plain(beyond, limits)).toBeUndefined();
    expect(strict(beyond, limits)).toBeUndefined();
  });

  it('on documents larger than the scratch tape', () => {
    const item = '<n:item><n:name>x</n:name><n:value>a&amp;b</n:value></n:item>';
    const text = `<n:list xmlns:n="urn:n">${item.repeat(3000)}</n:list>`;
    expect(agree(text)).toBe(true);
    expect(plain(text)?.children[2999]?.children[1]?.text).toBe('a&b');
    expect(agree(`<n:list xmlns:n="urn:n">${`${item}<m:x xmlns:m="urn:m" a="1">y</m:x>`.repeat(1500)}</n:list>`)).toBe(
      true,
    );
  });

  it('on the canonical form of any element within', () => {
    const text =
      '<n:op xmlns:n="urn:n"><u:c u:a="1"><n:a>a&lt;b</n:a></u:c><m:d xmlns:m="urn:m"><n:e></n:e></m:d></n:op>';
    const check = (fast: XmlElement, slow: XmlElement): void => {
      expect(canonicalize(fast)).toBe(canonicalize(slow));
      for (const [index, child] of fast.children.entries()) check(child, slow.children[index]!);
    };
    check(plain(text)!, strict(text)!.root);
  });
});
