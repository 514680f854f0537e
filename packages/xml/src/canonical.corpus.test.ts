import { createHash } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import { isMalleeError } from '@mallee/errors';
import { describeReal } from '@mallee/testing';
import { canonicalize, parseXml, type XmlElement } from './index.js';
import { corpus, refusedBytes } from './test-support/corpus.js';
import { canonicalByLibxml2, digestsByXmlsec1, withTemplate } from './test-support/libxml2.js';

// The machine may be busy.
jest.setTimeout(300_000);

const families = Object.keys(corpus);

/** A document with an id on each of its elements, so that xmlsec1 finds them; '' where it cannot stand within another one. */
function withIds(document: string, prefix: string): string {
  if (/^\ufeff|^<\?xml|xml:id/.test(document)) return '';
  let next = 0;
  return document.replace(/<!\[CDATA\[.*?\]\]>|<[^\s/>!?]+/gs, (found) =>
    found.startsWith('<!') ? found : `${found} xml:id="${prefix}-${(next += 1)}"`,
  );
}

function elements(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap(elements)];
}

describeReal({ programs: ['xmllint'] }, 'the canonical form is that of libxml2, byte by byte', () => {
  test.each(families)('%s', (family) => {
    const documents = corpus[family]!;
    const forms = canonicalByLibxml2(documents.map((text) => Buffer.from(text)));
    for (const [index, text] of documents.entries()) {
      const own = canonicalize(parseXml(Buffer.from(text)));
      expect([text, own]).toEqual([text, forms[index]]);
      expect(canonicalize(parseXml(text))).toBe(own);
      expect(canonicalize(parseXml(own))).toBe(own);
    }
  });
});

describeReal(
  { programs: ['xmlsec1'] },
  'the canonical form of every element in its document is that of xmlsec1',
  () => {
    test.each(families)('%s', (family) => {
      const content = corpus[family]!.map((text, index) => withIds(text, `c${index}`)).join('\n');
      const ids = [...content.matchAll(/xml:id="([^"]*)"/g)].map((match) => match[1]!);
      if (ids.length === 0) return;
      const own = new Map<string, string>();
      for (const element of elements(parseXml(withTemplate(content, ids), { maxDepth: 200, maxBytes: 1 << 24 }))) {
        const id = element.attributes.find(({ prefix, local }) => prefix === 'xml' && local === 'id')?.value;
        if (id !== undefined) own.set(id, createHash('sha256').update(canonicalize(element)).digest('base64'));
      }
      expect(own.size).toBe(ids.length);
      const theirs = digestsByXmlsec1(content, ids);
      for (const id of ids) expect([id, own.get(id)]).toEqual([id, theirs.get(id)]);
    });
  },
);

describe('documents in other encodings, versions and with characters that XML does not have are refused', () => {
  test.each(refusedBytes)('%s', (_what, bytes) => {
    let code = 'accepted';
    try {
      parseXml(bytes);
    } catch (error) {
      code = isMalleeError(error) ? error.code : String(error);
    }
    expect(code).toBe('Wire.MalformedXml');
  });
});
