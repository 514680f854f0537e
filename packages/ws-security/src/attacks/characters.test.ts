import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { canonicalize, parseXml, type XmlElement } from '@mallee/xml';
import { createHash } from 'node:crypto';
import { loadXmlCryptoEngine, type IdentityPem, type SignatureEngine } from '../index.js';
import { describeAttacks, INVALID, MALFORMED, onTree, type Attack } from '../test-support/attacks.js';
import { codeOf, PAYLOAD, signedRequest, verifierAt } from '../test-support/messages.js';
import { samplesOf, type Sample } from '../test-support/samples.js';
import { swap } from '../test-support/surgery.js';
import { findNode, setText, textOf } from '../test-support/wire-tree.js';

const text = (local: string, change: (text: string) => string): Attack['change'] =>
  onTree((root) => setText(findNode(root, local), change(textOf(findNode(root, local)))));
const between = (written: string) => (text: string) => text.slice(0, 2) + written + text.slice(2);
const everywhere = ['userId', 'Action', 'MessageID', 'BinarySecurityToken', 'DigestValue', 'SignatureValue'];

const instructions: readonly Attack[] = everywhere.flatMap((local): Attack[] => [
  { title: `W25 a processing instruction within ${local}`, change: text(local, between('<?x y?>')), code: MALFORMED },
  { title: `W26 a comment within ${local}`, change: text(local, between('<!-- x -->')), code: MALFORMED },
  { title: `W26 an empty comment within ${local}`, change: text(local, between('<!---->')), code: MALFORMED },
]);

const structure: readonly Attack[] = ['Envelope', 'Header', 'Security', 'SignedInfo', 'Body'].flatMap(
  (local): Attack[] => [
    {
      title: `W25 a processing instruction in ${local}`,
      change: onTree((root) => void findNode(root, local).content.unshift('<?x y?>')),
      code: MALFORMED,
    },
    {
      title: `W26 a comment in ${local}`,
      change: onTree((root) => void findNode(root, local).content.push('<!-- x -->')),
      code: MALFORMED,
    },
  ],
);

const documents: readonly Attack[] = [
  { title: 'W25 a processing instruction in front', change: (t) => `<?x y?>${t}`, code: MALFORMED },
  { title: 'W25 a stylesheet', change: (t) => `<?xml-stylesheet href="http://x/"?>${t}`, code: MALFORMED },
  { title: 'W25 a processing instruction behind', change: (t) => `${t}<?x y?>`, code: MALFORMED },
  { title: 'W26 a comment in front', change: (t) => `<!-- x -->${t}`, code: MALFORMED },
  { title: 'W27 a DOCTYPE', change: (t) => `<!DOCTYPE x>${t}`, code: MALFORMED },
  {
    title: 'W27 an internal subset that makes ids of other attributes',
    change: (t) => `<!DOCTYPE x [<!ATTLIST n:userId k ID #IMPLIED>]>${t}`,
    code: MALFORMED,
  },
  {
    title: 'W27 an entity for the text of the Body',
    change: (t) => `<!DOCTYPE x [<!ENTITY e "e">]>${t.replace('admin', '&e;')}`,
    code: MALFORMED,
  },
  { title: 'W27 XML 1.1', change: (t) => `<?xml version="1.1"?>${t}`, code: MALFORMED },
  { title: 'W27 another encoding', change: (t) => `<?xml version="1.0" encoding="UTF-7"?>${t}`, code: MALFORMED },
  { title: 'W27 NUL', change: text('userId', between('\0')), code: MALFORMED },
  { title: 'W27 NUL by reference', change: text('userId', between('&#0;')), code: MALFORMED },
  { title: 'W27 half a surrogate pair', change: text('userId', between('\ud800')), code: MALFORMED },
  { title: 'W27 half a surrogate pair by reference', change: text('userId', between('&#xD800;')), code: MALFORMED },
  { title: 'W27 U+FFFF', change: text('userId', between('\uffff')), code: MALFORMED },
  {
    title: 'W27 an XML declaration says the same',
    change: (t) => `<?xml version="1.0" encoding="UTF-8"?>\n${t}`,
    code: 'accepted',
  },
  { title: 'W27 a byte order mark says the same', change: (t) => `\ufeff${t}`, code: 'accepted' },
  { title: 'W27 CDATA for text says the same', change: text('userId', (t) => `<![CDATA[${t}]]>`), code: 'accepted' },
  {
    title: 'W27 CDATA for part of a text says the same',
    change: text('userId', (t) => `${t.slice(0, 2)}<![CDATA[${t.slice(2)}]]>`),
    code: 'accepted',
  },
  {
    title: 'W27 references for characters say the same',
    change: text('Action', (t) => t.replace('E', '&#69;').replace('#n', '&#x23;&#110;')),
    code: 'accepted',
  },
  {
    title: 'W27 other white space in tags says the same',
    change: onTree((root) => void (findNode(root, 'Body').attributes += '\n ')),
    code: 'accepted',
  },
  {
    title: 'W27 single quotes say the same',
    change: onTree(
      (root) => void (findNode(root, 'Body').attributes = findNode(root, 'Body').attributes.replaceAll('"', "'")),
    ),
    code: 'accepted',
  },
  {
    title: 'W27 white space between elements that are not signed says the same',
    change: onTree((root) => void root.content.push('\n')),
    code: 'accepted',
  },
  {
    title: 'W27 white space between elements that are signed',
    change: onTree((root) => void findNode(root, 'SignedInfo').content.push('\n')),
    code: INVALID,
  },
  { title: 'W27 a carriage return by reference in a text', change: text('userId', between('&#13;')), code: INVALID },
  {
    title: 'W27 a character that looks the same',
    change: text('userId', (t) => t.replace('a', '\u0430')),
    code: INVALID,
  },
  { title: 'W27 a character in two Unicode spellings', change: text('userId', (t) => `${t}e\u0301`), code: INVALID },
];

describeAttacks('characters', [...instructions, ...structure, ...documents]);

describe('bytes', () => {
  let peer: IdentityPem;
  let samples: readonly Sample[];
  let xmlCrypto: SignatureEngine;
  beforeAll(async () => {
    [peer, xmlCrypto] = await Promise.all([makeIdentity('peer'), loadXmlCryptoEngine()]);
    samples = samplesOf(peer);
  });

  test('W27 UTF-16, broken UTF-8 and overlong UTF-8 are refused', () => {
    for (const { text, receive } of samples) {
      const at = text.indexOf('admin');
      const put = (...bytes: number[]): Buffer =>
        Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from(bytes), Buffer.from(text.slice(at))]);
      const bad = [
        Buffer.from(`\ufeff${text}`, 'utf16le'),
        Buffer.from(text, 'utf16le'),
        Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
        put(0xff),
        put(0xc0, 0xbc),
        put(0xe2, 0x82),
        put(0xed, 0xa0, 0x80),
        put(0xf4, 0x90, 0x80, 0x80),
        put(0x80),
      ];
      for (const bytes of bad) expect(codeOf(() => receive(bytes))).toBe(MALFORMED);
    }
  });

  test('W27 bytes and text of one message are the same message', () => {
    const payload = PAYLOAD.replace('admin', 'a\u00fc\u20ac\u{1f600}&lt;&#xD;\n\t"');
    const { text } = signedRequest(peer, { payload });
    const verifier = verifierAt([peer.certificatePem]);
    for (const form of [
      text,
      Buffer.from(text),
      new Uint8Array(Buffer.from(text)),
      Buffer.from(`x${text}`).subarray(1),
    ]) {
      expect(verifier.verifyRequest(form).payload.children[0]?.text).toBe('a\u00fc\u20ac\u{1f600}<\r\n\t"');
    }
  });

  test('W26 a text is read whole: no comment, reference or section ends it', () => {
    const spellings = ['ad<![CDATA[]]>min', 'ad<![CDATA[mi]]>n', '&#97;dmin', 'adm&#x69;n', '<![CDATA[admin]]>'];
    for (const { text, receive } of samples) {
      for (const spelling of spellings) {
        const changed = swap(text, 'admin', spelling);
        expect(receive(changed).payload.children[0]?.text).toBe('admin');
        expect(receive(changed, { engine: xmlCrypto }).payload.children[0]?.text).toBe('admin');
      }
    }
  });

  test('W28 what is dispatched lies in the bytes that were digested', () => {
    for (const { text, receive } of samples) {
      const written = swap(text, 'admin', '<![CDATA[ad]]>m&#105;n');
      const { payload } = receive(written);
      const body = find(parseXml(written), 'Body')!;
      const canonical = canonicalize(body);
      expect(text).toContain(createHash('sha256').update(canonical).digest('base64'));
      expect(canonical).toContain(canonicalize(payload));
      expect(payload.children[0]?.text).toBe('admin');
    }
  });

  test('W28 bytes that change after the verification change nothing: there is one parse', () => {
    for (const { text, receive } of samples) {
      // As written, which goes the short way, and in another spelling, which does not.
      for (const written of [text, swap(text, 'admin', '<![CDATA[ad]]>m&#105;n')]) {
        const bytes = Buffer.from(written);
        const { payload, action, messageId } = receive(bytes);
        bytes.fill(0x20);
        expect(payload.children[0]?.text).toBe('admin');
        expect(canonicalize(payload)).toContain('admin');
        expect(text).toContain(`>${action}<`);
        expect(text).toContain(`>${messageId}<`);
      }
    }
  });

  test('W28 each form of the message is read once', () => {
    for (const { text, receive } of samples) {
      let reads = 0;
      const counted = new Proxy(Buffer.from(text), {
        get(target, name): unknown {
          if (name === 'buffer') reads += 1;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      expect(codeOf(() => receive(counted))).toBe('accepted');
      expect(reads).toBeLessThanOrEqual(1);
    }
  });

  test('W29 a reference to a whole element never covers comments: they are not let in', () => {
    for (const { text, receive } of samples) {
      for (const uri of ['#id-Body', "#xpointer(id('id-Body'))"]) {
        const changed = swap(text.replace('URI="#id-Body"', `URI="${uri}"`), 'admin', 'adm<!-- x -->in');
        expect(codeOf(() => receive(changed))).toBe(MALFORMED);
      }
    }
  });
});

function find(element: XmlElement, local: string): XmlElement | undefined {
  return element.local === local ? element : element.children.map((child) => find(child, local)).find(Boolean);
}
