import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeReal, scratchDirectory } from '@mallee/testing';
import fc from 'fast-check';
import { canonicalize, parseXml, type XmlElement } from './index.js';
import { documents, documentsWithIds } from './test-support/documents.js';

const SEED = 20261122;
const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

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
    const text = `<t:top xmlns:t="urn:top" xmlns:a="urn:a">${template(ids)}${content}</t:top>`;
    const own = new Map<string, string>();
    for (const element of elements(parseXml(text, { maxElements: 1_000_000 }))) {
      const id = element.attributes.find((one) => one.prefix === 'xml' && one.local === 'id')?.value;
      if (id !== undefined) own.set(id, createHash('sha256').update(canonicalize(element)).digest('base64'));
    }
    expect(own.size).toBe(ids.length);
    expect(own.size).toBeGreaterThan(300);
    expect([...digestsOfXmlsec1(text)]).toEqual([...own].sort(byOrderOf(ids)));
  });
});

function byOrderOf(ids: readonly string[]): (left: readonly string[], right: readonly string[]) => number {
  const order = new Map(ids.map((id, index) => [id, index]));
  return ([left = ''], [right = '']) => (order.get(left) ?? 0) - (order.get(right) ?? 0);
}

/** A signature to be filled in: one reference for each id. */
function template(ids: readonly string[]): string {
  const references = ids.map(
    (id) =>
      `<Reference URI="#${id}"><Transforms><Transform Algorithm="${EXC_C14N}"/></Transforms>` +
      `<DigestMethod Algorithm="${SHA256}"/><DigestValue></DigestValue></Reference>`,
  );
  return (
    `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="${EXC_C14N}"/>` +
    `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>${references.join('')}</SignedInfo>` +
    '<SignatureValue></SignatureValue></Signature>'
  );
}

function digestsOfXmlsec1(text: string): Map<string, string> {
  const scratch = scratchDirectory();
  const key = join(scratch.path, 'key.pem');
  const file = join(scratch.path, 'template.xml');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(file, text);
  const signed = execFileSync('xmlsec1', ['--sign', '--privkey-pem', key, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  scratch.remove();
  const found = signed.matchAll(/<Reference URI="#([^"]*)">.*?<DigestValue>([^<]*)<\/DigestValue>/gs);
  return new Map([...found].map((match) => [match[1]!, match[2]!]));
}
