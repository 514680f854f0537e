import fc from 'fast-check';

/** For tests: one generated element, written with as many spellings as XML allows. */
interface Item {
  readonly prefix: string;
  readonly local: string;
  readonly declarations: readonly (readonly [string, string])[];
  readonly attributes: readonly (readonly [string, string, string])[];
  readonly content: readonly (string | Item)[];
  readonly style: number;
}

const URIS: Readonly<Record<string, readonly string[]>> = {
  '': ['urn:default', 'urn:other', ''],
  a: ['urn:a', 'urn:shared'],
  b: ['urn:b', 'urn:shared', 'urn:a'],
  'c-1': ['http://example.org/c'],
};

const text = fc.oneof(
  fc.constantFrom(
    'x',
    ' ',
    '\n  ',
    'a&amp;b',
    '&lt;&gt;',
    '&#65;&#x42;',
    '&#13;',
    'a>b',
    '&quot;&apos;',
    '\u00fc\u20ac',
    '\t',
    ']]',
  ),
  fc.constantFrom(
    '<![CDATA[a<b&c]]>',
    '<![CDATA[]]>',
    '\ud83d\ude00',
    'plain text that is a little longer',
    '\r\nline',
    '\r',
  ),
);
const attributeValue = fc.constantFrom(
  '',
  'v',
  '&amp;',
  '&lt;',
  '&#9;&#10;&#13;',
  ' two  spaces ',
  '&quot;',
  "'",
  '>',
  '\u00fc',
  'a\tb\nc',
);

const attribute = fc.tuple(
  fc.constantFrom('', 'a', 'b', 'xml'),
  fc.constantFrom('x', 'y', 'lang', 'Id'),
  attributeValue,
);
const declaration = fc
  .constantFrom(...Object.keys(URIS))
  .chain((prefix) => fc.tuple(fc.constant(prefix), fc.constantFrom(...URIS[prefix]!)));

const { item } = fc.letrec<{ item: Item }>((tie) => ({
  item: fc.record({
    prefix: fc.constantFrom('', 'a', 'b', 'c-1'),
    local: fc.constantFrom('e', 'f', 'g.h', '_i'),
    declarations: fc.array(declaration, { maxLength: 3 }),
    attributes: fc.array(attribute, { maxLength: 3 }),
    content: fc.array(fc.oneof({ depthSize: 'small' }, text, tie('item')), { maxLength: 4 }),
    style: fc.nat(7),
  }),
}));

/** Well-formed documents with namespaces, in canonical and all kinds of other spelling. */
export const documents: fc.Arbitrary<string> = item.map((root) => writeDocument(root));

/** The same, with xml:id="PREFIX-NUMBER" on every element, for readers that find elements by id. */
export const documentsWithIds: fc.Arbitrary<(prefix: string) => string> = item.map(
  (root) => (prefix: string) => writeDocument(root, prefix),
);

function writeDocument(root: Item, ids?: string): string {
  const counter = { ids, next: 0 };
  return write(root, { a: 'urn:a', b: 'urn:b', 'c-1': 'urn:c' }, true, counter);
}

type Counter = { readonly ids: string | undefined; next: number };

function write(one: Item, outer: Readonly<Record<string, string>>, isRoot: boolean, counter: Counter): string {
  const scope: Record<string, string> = { ...outer };
  const own = new Map<string, string>();
  if (isRoot) for (const prefix of Object.keys(outer)) own.set(prefix, outer[prefix]!);
  for (const [prefix, uri] of one.declarations) own.set(prefix, uri);
  for (const [prefix, uri] of own) scope[prefix] = uri;
  const parts = [...own].map(
    ([prefix, uri]) => `${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}=${quote(uri, one.style)}`,
  );
  const names = new Set<string>();
  for (const [prefix, local, value] of one.attributes) {
    const expanded = prefix === '' ? local : `${prefix === 'xml' ? 'xml' : scope[prefix]} ${local}`;
    if (names.has(expanded)) continue;
    names.add(expanded);
    parts.push(`${prefix === '' ? local : `${prefix}:${local}`}=${quote(value, one.style)}`);
  }
  if (counter.ids !== undefined) {
    parts.push(`xml:id="${counter.ids}-${counter.next}"`);
    counter.next += 1;
  }
  if (one.style === 3) parts.reverse();
  const gap = one.style === 5 ? '\n ' : ' ';
  const name = one.prefix === '' ? one.local : `${one.prefix}:${one.local}`;
  const start = `<${[name, ...parts].join(gap)}`;
  const content = one.content
    .map((part) => (typeof part === 'string' ? part : write(part, scope, false, counter)))
    .join('');
  if (content === '' && one.style % 2 === 0) return `${start}/>`;
  return `${start}${one.style === 6 ? ' ' : ''}>${content}</${name}${one.style === 7 ? ' ' : ''}>`;
}

function quote(value: string, style: number): string {
  return style === 4 ? `'${value.replaceAll("'", '&apos;')}'` : `"${value.replaceAll('"', '&quot;')}"`;
}
