import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import type { IdentityPem } from './index.js';
import { ACTION, codeOf, signedRequest, TO, verifierAt } from './test-support/messages.js';
import { part, swap } from './test-support/surgery.js';

let peer: IdentityPem;
beforeAll(async () => {
  peer = await makeIdentity('peer');
});

describe('every way to move a signed part and put a forged one in its place', () => {
  const parts = ['soapenv:Body', 'wsu:Timestamp', 'wsa:To', 'wsa:Action', 'wsa:MessageID'];
  test.each(parts)('%s', (name) => {
    const { text } = signedRequest(peer);
    const pattern = new RegExp(`<${name} .*</${name}>`);
    const signed = part(text, pattern);
    const id = /wsu:Id="([^"]*)"/.exec(signed)?.[1] ?? '';
    const forgedContent = signed.replace(/(>|2026-11-22T12:0)[^<>]*(<\/[^>]*>)/, '$1x$2');
    let cases = 0;
    for (const forgedId of [`wsu:Id="${id}"`, 'wsu:Id="new"', '', `Id="${id}"`]) {
      const forged = swap(text, pattern, forgedContent.replace(/wsu:Id="[^"]*"/, forgedId));
      for (const tag of forged.matchAll(/<[^>]*>/g)) {
        for (const at of [tag.index, tag.index + tag[0].length]) {
          for (const moved of [signed, `<w xmlns="urn:w">${signed}</w>`]) {
            const message = forged.slice(0, at) + moved + forged.slice(at);
            expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(message))).not.toBe('accepted');
            cases += 1;
          }
        }
      }
    }
    expect(cases).toBeGreaterThan(1000);
  });
});

test('any byte of a message changed: refused, or the same content comes out', () => {
  const { text, messageId } = signedRequest(peer);
  const verifier = verifierAt([peer.certificatePem]);
  const userId = (): string | undefined => verifier.verifyRequest(text).payload.children[0]?.text;
  expect(userId()).toBe('admin');
  for (let at = 0; at < text.length; at += 3) {
    for (const character of ['x', '<', ' ']) {
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      const code = codeOf(() => {
        const verified = verifier.verifyRequest(changed);
        expect([verified.to, verified.action, verified.messageId]).toEqual([TO, ACTION, messageId]);
        expect(verified.payload.children[0]?.text).toBe('admin');
      });
      expect(code).toMatch(/^(accepted|Wire\.\w+)$/);
    }
  }
});
