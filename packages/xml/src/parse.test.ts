import { describe, expect, it, test } from '@jest/globals';
import { isMalleeError } from '@mallee/errors';
import { parseXml } from './index.js';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isMalleeError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('parseXml', () => {
  it('resolves names, attributes and text', () => {
    const root = parseXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a:r xmlns:a="urn:a" xmlns="urn:d" k="1" a:k="2">x<e/>y<a:f>z</a:f></a:r>\n',
    );
    expect(root).toMatchObject({
      prefix: 'a',
      local: 'r',
      namespace: 'urn:a',
      text: 'xy',
      attributes: [
        { prefix: '', local: 'k', namespace: '', value: '1' },
        { prefix: 'a', local: 'k', namespace: 'urn:a', value: '2' },
      ],
      children: [
        { prefix: '', local: 'e', namespace: 'urn:d', text: '', children: [] },
        { prefix: 'a', local: 'f', namespace: 'urn:a', text: 'z' },
      ],
    });
  });

  const texts: readonly (readonly [string, string, string])[] = [
    ['references', '&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;', '&<>"\'A\u{1f600}'],
    ['CDATA', 'a<![CDATA[<b>&amp;]]>c', 'a<b>&amp;c'],
    ['line ends', 'a\r\nb\rc\nd', 'a\nb\nc\nd'],
    ['a carriage return by reference', 'a&#13;b', 'a\rb'],
    ['a > of its own', 'a > b', 'a > b'],
    ['UTF-8', '\u00fc\u20ac\u{1f600}', '\u00fc\u20ac\u{1f600}'],
  ];
  test.each(texts)('reads %s in text', (_what, written, value) => {
    expect(parseXml(Buffer.from(`<a>${written}</a>`)).text).toBe(value);
  });

  const values: readonly (readonly [string, string, string])[] = [
    ['white space', 'a\tb\nc\r\nd', 'a b c d'],
    ['white space by reference', 'a&#9;b&#10;c&#13;d', 'a\tb\nc\rd'],
    ['quotes', "&quot;'", '"\''],
  ];
  test.each(values)('normalises %s in attributes', (_what, written, value) => {
    expect(parseXml(`<a k="${written}"/>`).attributes[0]?.value).toBe(value);
  });

  it('takes a byte order mark and single quotes', () => {
    expect(parseXml(Buffer.from("\ufeff<?xml version='1.0'?><a k='\"'/>")).attributes[0]?.value).toBe('"');
  });

  it('skips comments only where they are allowed, and text goes on behind them', () => {
    expect(parseXml('<!-- x --><a>b<!--c-->d</a><!---->', { allowComments: true }).text).toBe('bd');
    expect(codeOf(() => parseXml('<a>b<!--c-->d</a>'))).toBe('Wire.MalformedXml');
  });
});

const refused: readonly (readonly [string, string | Buffer])[] = [
  ['an empty document', ''],
  ['text only', 'hello'],
  ['a second root', '<a/><b/>'],
  ['text before the root', 'x<a/>'],
  ['trailing text', '<a/>x'],
  ['a trailing end tag', '<a/></a>'],
  ['cut-off closing tags', '<a><b></b>'],
  ['a cut-off start tag', '<a'],
  ['a cut-off attribute', '<a k="v'],
  ['wrong nesting', '<a><b></a></b>'],
  ['an end tag with a longer name', '<a></ab>'],
  ['an end tag of another prefix', '<a xmlns:p="urn:p"><p:b></b></a>'],
  ['a DOCTYPE', '<!DOCTYPE a><a/>'],
  ['an internal entity', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
  ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
  ['a DOCTYPE inside', '<a><!DOCTYPE a></a>'],
  ['a processing instruction', '<a><?x y?></a>'],
  ['a processing instruction in front', '<?x y?><a/>'],
  ['a stylesheet', '<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>'],
  ['a second XML declaration', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
  ['a late XML declaration', ' <?xml version="1.0"?><a/>'],
  ['XML 1.1', '<?xml version="1.1"?><a/>'],
  ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
  ['a comment', '<a><!-- x --></a>'],
  ['an undeclared entity', '<a>&nbsp;</a>'],
  ['an entity named like an object property', '<a>&constructor;</a>'],
  ['a bare &', '<a>a & b</a>'],
  ['an unfinished reference', '<a>&amp</a>'],
  ['NUL by reference', '<a>&#0;</a>'],
  ['a control character by reference', '<a>&#x1b;</a>'],
  ['half a surrogate by reference', '<a>&#xD800;</a>'],
  ['a reference beyond Unicode', '<a>&#x110000;</a>'],
  ['a huge reference', '<a>&#99999999999;</a>'],
  ['NUL', '<a>\0</a>'],
  ['a control character', '<a>\u001b</a>'],
  ['U+FFFE', '<a>\ufffe</a>'],
  ['half a surrogate', '<a>\ud800</a>'],
  ['invalid UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e])],
  ['overlong UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0xbc, 0x3c, 0x2f, 0x61, 0x3e])],
  ['UTF-8 surrogates', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e])],
  ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le')],
  [']]> in text', '<a>x]]>y</a>'],
  ['an open CDATA section', '<a><![CDATA[x</a>'],
  ['CDATA outside the root', '<![CDATA[x]]><a/>'],
  ['< in an attribute', '<a k="<"/>'],
  ['an attribute without value', '<a k/>'],
  ['an attribute without quotes', '<a k=v/>'],
  ['attributes without space', '<a k="1"l="2"/>'],
  ['a repeated attribute', '<a k="1" k="2"/>'],
  ['an attribute repeated under another prefix', '<a xmlns:p="urn:x" xmlns:q="urn:x" p:k="1" q:k="2"/>'],
  ['a repeated declaration', '<a xmlns:p="urn:x" xmlns:p="urn:y"/>'],
  ['an undeclared prefix', '<p:a/>'],
  ['an undeclared attribute prefix', '<a p:k="1"/>'],
  ['a prefix out of scope', '<a><b xmlns:p="urn:p"/><p:c/></a>'],
  ['a prefix taken back', '<a xmlns:p="urn:p"><b xmlns:p=""/></a>'],
  ['the prefix xml declared', '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>'],
  ['the prefix xmlns declared', '<a xmlns:xmlns="urn:x"/>'],
  ['the xml namespace under another prefix', '<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>'],
  ['the xmlns namespace as default', '<a xmlns="http://www.w3.org/2000/xmlns/"/>'],
  ['an element with the prefix xmlns', '<xmlns:a/>'],
  ['a relative namespace name', '<a xmlns="foo"/>'],
  ['a namespace name with &', '<a xmlns="urn:a&amp;b"/>'],
  ['a namespace name with a quote', '<a xmlns="urn:a&quot;b"/>'],
  ['a namespace name with white space', '<a xmlns="urn:a b"/>'],
  ['a namespace name with a character that URIs do not have', '<a xmlns="urn:\u00fc"/>'],
  ['two colons', '<a:b:c xmlns:a="urn:a"/>'],
  ['a leading colon', '<:a/>'],
  ['a digit first', '<1a/>'],
  ['a space before the name', '< a/>'],
  ['a broken comment', '<a/><!-- -- -->'],
];
describe('parseXml refuses with Wire.MalformedXml', () => {
  test.each(refused)('%s', (_what, document) => {
    // Comments are allowed here so that only the broken one is refused for its form.
    const options = _what === 'a broken comment' ? { allowComments: true } : {};
    expect(codeOf(() => parseXml(document, options))).toBe('Wire.MalformedXml');
  });
});
