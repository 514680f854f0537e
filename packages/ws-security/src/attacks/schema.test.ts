import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import type { IdentityPem } from '../index.js';
import { POLICY } from '../test-support/attacks.js';
import { codeOf, PAYLOAD, signedRequest, verifierAt } from '../test-support/messages.js';
import { XMLNS_DS, XMLNS_SOAP, XMLNS_WSA, XMLNS_WSSE, XMLNS_WSU } from '../test-support/namespaces.js';
import { sampleOf } from '../test-support/samples.js';
import { signAgain } from '../test-support/sign-again.js';
import {
  allNodes,
  element,
  findNode,
  localName,
  readTree,
  writeTree,
  type WireNode,
} from '../test-support/wire-tree.js';

// The machine may be busy.
jest.setTimeout(300_000);

let peer: IdentityPem;
beforeAll(async () => {
  peer = await makeIdentity('peer');
});

const strangers: readonly WireNode[] = [
  element('x'),
  element('x', 'xmlns="urn:x"'),
  element('soapenv:Header', XMLNS_SOAP),
  element('soapenv:Fault', XMLNS_SOAP),
  element('wsa:ReplyTo', XMLNS_WSA),
  element('wsa:To', XMLNS_WSA, 'http://x/'),
  element('wsse:SecurityTokenReference', XMLNS_WSSE),
  element('wsse:UsernameToken', XMLNS_WSSE),
  element(
    'wsse11:SignatureConfirmation',
    'xmlns:wsse11="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"',
  ),
  element('wsu:Created', XMLNS_WSU, '2026-11-22T12:00:00.000Z'),
  element('ds:Object', XMLNS_DS),
  element('xenc:EncryptedData', 'xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"'),
  element('xi:include', 'xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"'),
];
const attributes = [
  'a=""',
  'xmlns:v="urn:v" v:a=""',
  'xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  'xml:lang="en"',
];

const cases = (['body-timestamp', 'headers-only'] as const).flatMap((profile) =>
  (['request', 'reply'] as const).map((direction) => [`${direction} of ${profile}`, profile, direction] as const),
);

/** Elements of a message that are not content of the operation. */
function frame(root: WireNode): WireNode[] {
  const payload = allNodes(findNode(root, 'Body').content[0] as WireNode);
  return allNodes(root).filter((node) => !payload.includes(node));
}

describe('W31 anything that the profile does not name, anywhere', () => {
  test.each(cases)('in a %s is refused, even when the peer signs it', (_title, profile, direction) => {
    const sample = sampleOf(peer, profile, direction);
    const count = frame(readTree(sample.text)).length;
    const accepted: string[] = [];
    let built = 0;
    for (let index = 0; index < count; index += 1) {
      const tryOne = (what: string, change: (node: WireNode) => void): void => {
        const root = readTree(sample.text);
        const node = frame(root)[index]!;
        change(node);
        const changed = writeTree(root);
        const codes = [codeOf(() => sample.receive(changed)), codeOf(() => sample.receive(signAgain(changed, peer)))];
        built += 2;
        if (codes.includes('accepted')) accepted.push(`${what} in ${localName(node)}`);
      };
      for (const stranger of strangers) {
        tryOne(`${stranger.name} first`, (node) => void node.content.unshift(stranger));
        tryOne(`${stranger.name} last`, (node) => void node.content.push(stranger));
      }
      for (const attribute of attributes) tryOne(attribute, (node) => void (node.attributes += ` ${attribute}`));
    }
    expect(accepted).toEqual([]);
    expect(built).toBeGreaterThan(1500);
  });

  test('text beside elements is refused, white space is not', () => {
    for (const [, profile, direction] of cases) {
      const sample = sampleOf(peer, profile, direction);
      const count = frame(readTree(sample.text)).length;
      for (let index = 0; index < count; index += 1) {
        const root = readTree(sample.text);
        const node = frame(root)[index]!;
        if (!node.content.some((part) => typeof part !== 'string')) continue;
        node.content.push('x');
        expect(codeOf(() => sample.receive(signAgain(writeTree(root), peer)))).toBe(POLICY);
        node.content.splice(-1, 1, '\n');
        expect(codeOf(() => sample.receive(signAgain(writeTree(root), peer)))).toBe('accepted');
      }
    }
  });

  test('two equal ids in whatever attributes and places are refused', () => {
    const ids = ['id-Body', 'id-To', 'id-Token', 'id-Timestamp', 'id-Signature'];
    for (const id of ids) {
      for (const attribute of ['Id', 'ID', 'id', 'iD', 'xml:id', 'v:Id']) {
        const payload = PAYLOAD.replace(
          '<n:userId>',
          `<n:userId${attribute === 'v:Id' ? ' xmlns:v="urn:v"' : ''} ${attribute}="${id}">`,
        );
        const { text } = signedRequest(peer, { payload });
        expect([attribute, codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(text))]).toEqual([
          attribute,
          POLICY,
        ]);
      }
    }
  });

  test('the order of Envelope is that of SOAP', () => {
    const sample = sampleOf(peer, 'headers-only', 'request');
    const root = readTree(sample.text);
    root.content.reverse();
    expect(codeOf(() => sample.receive(writeTree(root)))).toBe(POLICY);
  });
});

describe('W09 a well-signed Body', () => {
  const bodies: readonly (readonly [string, string])[] = [
    ['with two operations', PAYLOAD + PAYLOAD],
    ['with an operation and a fault', `${PAYLOAD}<soapenv:Fault></soapenv:Fault>`],
    ['with an operation and an empty element', `${PAYLOAD}<x></x>`],
    ['with an empty element and an operation', `<x></x>${PAYLOAD}`],
    ['without operation', ''],
    ['with white space only', ' \n'],
    ['with text', 'x'],
    ['with text in front of the operation', `x${PAYLOAD}`],
    ['with text behind the operation', `${PAYLOAD}x`],
  ];
  test.each(bodies)('%s is refused', (_what, payload) => {
    for (const [, profile, direction] of cases) {
      const sample = sampleOf(peer, profile, direction);
      const root = readTree(sample.text);
      findNode(root, 'Body').content = [payload];
      expect(codeOf(() => sample.receive(signAgain(writeTree(root), peer)))).toBe(POLICY);
      // Somebody else puts it there: refused for its shape, too, before the digest is looked at.
      expect(codeOf(() => sample.receive(writeTree(root)))).toBe(POLICY);
    }
  });

  test('with a forged operation beside the signed one is refused', () => {
    for (const [, profile, direction] of cases) {
      const sample = sampleOf(peer, profile, direction);
      for (const first of [true, false]) {
        const root = readTree(sample.text);
        const { content } = findNode(root, 'Body');
        const forged = PAYLOAD.replace('admin', 'mallory');
        content.splice(first ? 0 : 1, 0, forged);
        expect(codeOf(() => sample.receive(writeTree(root)))).toBe(POLICY);
      }
    }
  });
});
