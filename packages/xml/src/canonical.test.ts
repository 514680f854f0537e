import { describe, expect, it, test } from '@jest/globals';
import { canonicalize, escapeAttribute, escapeText, parseXml, type XmlElement } from './index.js';

function find(element: XmlElement, local: string): XmlElement | undefined {
  if (element.local === local) return element;
  for (const child of element.children) {
    const found = find(child, local);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Canonical form of the element named x. */
function c14n(document: string): string {
  return canonicalize(find(parseXml(document, { allowComments: true }), 'x')!);
}

describe('canonicalize', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'takes over only the declarations in use',
      '<a xmlns:p="urn:p" xmlns:q="urn:q"><p:x/></a>',
      '<p:x xmlns:p="urn:p"></p:x>',
    ],
    ['drops declarations without use', '<x xmlns:p="urn:p">t</x>', '<x>t</x>'],
    [
      'writes a declaration at each user, not at their parent',
      '<a xmlns:p="urn:p"><x><p:b/><p:c/></x></a>',
      '<x><p:b xmlns:p="urn:p"></p:b><p:c xmlns:p="urn:p"></p:c></x>',
    ],
    [
      'does not repeat a declaration',
      '<p:x xmlns:p="urn:p"><p:b xmlns:p="urn:p"/></p:x>',
      '<p:x xmlns:p="urn:p"><p:b></p:b></p:x>',
    ],
    [
      'writes a prefix that changes its meaning',
      '<p:x xmlns:p="urn:p"><p:b xmlns:p="urn:q"/></p:x>',
      '<p:x xmlns:p="urn:p"><p:b xmlns:p="urn:q"></p:b></p:x>',
    ],
    ['takes the default namespace back', '<x xmlns="urn:d"><b xmlns=""/></x>', '<x xmlns="urn:d"><b xmlns=""></b></x>'],
    ['does not take back what was not written', '<a xmlns="urn:d"><x xmlns=""/></a>', '<x></x>'],
    [
      'sorts declarations and attributes',
      '<x xmlns:q="urn:a" xmlns:p="urn:b" p:a="1" q:b="2" z="3" y="4"/>',
      '<x xmlns:p="urn:b" xmlns:q="urn:a" y="4" z="3" q:b="2" p:a="1"></x>',
    ],
    ['sorts by code point', '<x \ufa0e="1" \u{10000}="2"/>', '<x \ufa0e="1" \u{10000}="2"></x>'],
    ['writes spellings anew', "<x  a='\"' >&#65;<![CDATA[<>&]]>></x >", '<x a="&quot;">A&lt;&gt;&amp;&gt;</x>'],
    ['keeps white space by reference', '<x a="&#9;&#10;&#13;">&#13;\t\n</x>', '<x a="&#x9;&#xA;&#xD;">&#xD;\t\n</x>'],
    ['drops comments', '<x>a<!-- b -->c</x>', '<x>ac</x>'],
    [
      'leaves xml:lang of parents alone',
      '<a xml:lang="en"><x xml:space="preserve"/></a>',
      '<x xml:space="preserve"></x>',
    ],
  ];
  test.each(cases)('%s', (_what, document, expected) => {
    expect(c14n(document)).toBe(expected);
  });

  it('keeps declarations apart when a document has more than there are bits for', () => {
    const many = Array.from({ length: 40 }, (_, index) => `<b xmlns:n${index}="urn:${index}"/>`).join('');
    const document = `<a>${many}<c xmlns:p="urn:p" xmlns:q="urn:q"><p:x><q:y></q:y></p:x></c></a>`;
    expect(c14n(document)).toBe('<p:x xmlns:p="urn:p"><q:y xmlns:q="urn:q"></q:y></p:x>');
  });

  it('takes only elements that the reader made', () => {
    const made = { prefix: '', local: 'x', namespace: '', attributes: [], children: [], text: '' };
    expect(() => canonicalize(made)).toThrow(TypeError);
  });
});

test('escapes what canonical XML escapes', () => {
  expect(escapeText('<&>"\'\r\n\t')).toBe('&lt;&amp;&gt;"\'&#xD;\n\t');
  expect(escapeAttribute('<&>"\'\r\n\t')).toBe("&lt;&amp;>&quot;'&#xD;&#xA;&#x9;");
});
