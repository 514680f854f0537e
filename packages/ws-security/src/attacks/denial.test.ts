import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { nativeEngine, type IdentityPem, type SignatureEngine } from '../index.js';
import { codeOf } from '../test-support/messages.js';
import { sampleOf, samplesOf, type Sample } from '../test-support/samples.js';
import { copyTree, element, findNode, readTree, setText, writeTree, type WireNode } from '../test-support/wire-tree.js';

/* What an unauthenticated sender can make the verifier do: read a document of limited size, and nothing more. */

let peer: IdentityPem;
let samples: readonly Sample[];
beforeAll(async () => {
  peer = await makeIdentity('peer');
  samples = samplesOf(peer);
});

/** Counts how often the cryptography is reached, and over how many parts. */
function counting(): { engine: SignatureEngine; checks: () => number; parts: () => number } {
  let [checks, parts] = [0, 0];
  const engine: SignatureEngine = {
    name: 'native',
    check(input) {
      checks += 1;
      parts += input.referenced.length;
      nativeEngine.check(input);
    },
  };
  return { engine, checks: () => checks, parts: () => parts };
}

const flood = (make: (index: number) => WireNode | string, count = 20_000): (WireNode | string)[] =>
  Array.from({ length: count }, (_, index) => make(index));

const floods: readonly (readonly [string, (root: WireNode) => void])[] = [
  [
    'references',
    (root) => findNode(root, 'SignedInfo').content.push(...flood(() => findNode(root, 'Reference'), 2000)),
  ],
  [
    'transforms',
    (root) => findNode(root, 'Transforms').content.push(...flood(() => findNode(root, 'Transform'), 5000)),
  ],
  [
    'signatures',
    (root) => findNode(root, 'Security').content.push(...flood(() => copyTree(findNode(root, 'Signature')), 200)),
  ],
  [
    'Security headers',
    (root) =>
      findNode(root, 'Header').content.push(...flood(() => element('wsse:Security', 'xmlns:wsse="urn:x"'), 10_000)),
  ],
  ['headers', (root) => findNode(root, 'Header').content.push(...flood(() => element('wsa:Other', '', 'x')))],
  [
    'tokens',
    (root) =>
      findNode(root, 'Security').content.unshift(
        ...flood(() => element('wsse:BinarySecurityToken', '', 'AAAA'), 10_000),
      ),
  ],
  ['ids', (root) => findNode(root, 'Body').content.push(...flood((n) => element('a', `Id="i${n}"`)))],
  ['elements in the Body', (root) => findNode(root, 'Body').content.push(...flood(() => element('a')))],
  ['a token of half a megabyte', (root) => setText(findNode(root, 'BinarySecurityToken'), 'A'.repeat(500_000))],
  ['a certificate nobody knows', (root) => setText(findNode(root, 'BinarySecurityToken'), 'MIIA')],
  ['an Action of half a megabyte', (root) => setText(findNode(root, 'Action'), 'x'.repeat(500_000))],
  ['an id of half a megabyte', (root) => void (findNode(root, 'Body').attributes = ` Id="${'x'.repeat(500_000)}"`)],
];

describe('no cryptography is done for', () => {
  test.each(floods)('%s', (_what, change) => {
    for (const sample of samples) {
      const root = readTree(sample.text);
      change(root);
      const { engine, checks } = counting();
      const code = codeOf(() => sample.receive(writeTree(root), { engine, limits: { maxBytes: 1 << 24 } }));
      expect(code).toMatch(/^Wire\.(PolicyViolation|UnknownCertificate|MalformedXml)$/);
      expect(checks()).toBe(0);
    }
  });
});

test('a message that has the right shape costs one digest for each part and one signature, never more', () => {
  for (const sample of samples) {
    const { engine, checks, parts } = counting();
    expect(codeOf(() => sample.receive(sample.text, { engine }))).toBe('accepted');
    expect([checks(), parts()]).toEqual([1, sample.parts.length]);
    expect(codeOf(() => sample.receive(sample.text.replace('admin', 'other'), { engine }))).toBe(
      'Wire.SignatureInvalid',
    );
    expect([checks(), parts()]).toEqual([2, 2 * sample.parts.length]);
  }
});

test('the certificates that are trusted are asked for once a message, and parsed once', () => {
  const sample = sampleOf(peer, 'body-timestamp', 'request');
  let asked = 0;
  const trusted = (): readonly string[] => {
    asked += 1;
    return [peer.certificatePem];
  };
  const { engine } = counting();
  expect(codeOf(() => sample.receive(sample.text, { trusted, engine }))).toBe('accepted');
  expect(asked).toBe(1);
});

test('a document of the largest size that is no message is refused without cryptography', () => {
  for (const sample of samples) {
    const { engine, checks } = counting();
    for (const text of ['<a>'.repeat(340_000), `<a>${'x'.repeat(1_000_000)}</a>`, `<a>${'<b/>'.repeat(40_000)}</a>`]) {
      expect(codeOf(() => sample.receive(text, { engine }))).toMatch(/^Wire\.(LimitExceeded|PolicyViolation)$/);
    }
    expect(checks()).toBe(0);
  }
});
