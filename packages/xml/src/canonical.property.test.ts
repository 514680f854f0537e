import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { describeReal } from '@mallee/testing';
import fc from 'fast-check';
import { canonicalize, parseXml, type XmlElement } from './index.js';
import { documents, documentsWithIds } from './test-support/documents.js';
import { digestsByXmlsec1, withTemplate } from './test-support/libxml2.js';

const SEED = 20261122;

function elements(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap(elements)];
}

test('a canonical form is its own canonical form, whether copied or written anew', () => {
  fc.assert(
    fc.property(documents, (text) => {
      for (const element of elements(parseXml(text))) {
        const canonical = canonicalize(element);
        expect(canonicalize(parseXml(canonical))).toBe(canonical);
        // White space in the end tags changes nothing but that no part can be copied any more.
        const spoilt = canonical.replace(/<\/([^>]*)>/g, '</$1\t>');
        expect(canonicalize(parseXml(spoilt))).toBe(canonical);
      }
    }),
    { numRuns: 500, seed: SEED },
  );
});

describeReal({ programs: ['xmlsec1'] }, 'against libxml2, as xmlsec1 uses it', () => {
  test('every element of generated documents has the digest that xmlsec1 computes', () => {
    const samples = fc.sample(documentsWithIds, { numRuns: 150, seed: SEED });
    const content = samples.map((write, index) => write(`d${index}`)).join('');
    const ids = [...content.matchAll(/xml:id="([^"]*)"/g)].map((match) => match[1]!);
    const text = withTemplate(content, ids);
    const own = new Map<string, string>();
    for (const element of elements(parseXml(text, { maxElements: 1_000_000 }))) {
      const id = element.attributes.find((one) => one.prefix === 'xml' && one.local === 'id')?.value;
      if (id !== undefined) own.set(id, createHash('sha256').update(canonicalize(element)).digest('base64'));
    }
    expect(own.size).toBe(ids.length);
    expect(own.size).toBeGreaterThan(300);
    expect([...digestsByXmlsec1(content, ids)]).toEqual([...own].sort(byOrderOf(ids)));
  });
});

function byOrderOf(ids: readonly string[]): (left: readonly string[], right: readonly string[]) => number {
  const order = new Map(ids.map((id, index) => [id, index]));
  return ([left = ''], [right = '']) => (order.get(left) ?? 0) - (order.get(right) ?? 0);
}
