import { beforeAll, describe, expect, it, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { loadIdentity, MessageSigner, ReplayCache, type IdentityPem } from './index.js';
import { ACTION, codeOf, NOW, PAYLOAD, signedRequest, TO, verifierAt } from './test-support/messages.js';

let peer: IdentityPem;
beforeAll(async () => {
  peer = await makeIdentity('peer');
});

/** The code for a message of NOW, seen `later` milliseconds after. */
function seen(later: number, lifetimeMs = 300_000): string {
  const signer = new MessageSigner({ identity: loadIdentity(peer), clock: () => NOW, lifetimeMs });
  const { text } = signer.sign({ to: TO, action: ACTION, payload: PAYLOAD });
  return codeOf(() => verifierAt([peer.certificatePem], { clock: () => NOW + later }).verifyRequest(text));
}

describe('the time window', () => {
  const cases: readonly (readonly [string, number, number, string])[] = [
    ['20 s from the future', -20_000, 300_000, 'accepted'],
    ['more than 20 s from the future', -20_001, 300_000, 'Wire.ClockSkew'],
    ['320 s old', 320_000, 300_000, 'accepted'],
    ['more than 320 s old', 320_001, 300_000, 'Wire.Expired'],
    ['beyond a short life', 31_000, 10_000, 'Wire.Expired'],
    ['old, with a life of a year', 320_001, 31_536_000_000, 'Wire.Expired'],
    ['fresh, with a life of a year', 1000, 31_536_000_000, 'accepted'],
    ['expiring before it was made', 0, -1000, 'Wire.PolicyViolation'],
    ['expiring when it was made', 0, 0, 'Wire.PolicyViolation'],
  ];
  test.each(cases)('a message %s', (_what, later, lifetime, code) => {
    expect(seen(later, lifetime)).toBe(code);
  });

  it('names both clocks', () => {
    const { text } = signedRequest(peer);
    const at = (now: number) => () => verifierAt([peer.certificatePem], { clock: () => now }).verifyRequest(text);
    expect(at(NOW - 60_000)).toThrow(/Created 2026-11-22T12:00:00.000Z.*our clock 2026-11-22T11:59:00.000Z/);
    expect(at(NOW + 3_600_000)).toThrow(/Expires 2026-11-22T12:05:00.000Z.*our clock 2026-11-22T13:00:00.000Z/);
  });
});

describe('the form of the Timestamp', () => {
  const refused: readonly (readonly [string, (text: string) => string])[] = [
    ['no Expires', (t) => t.replace(/<wsu:Expires>.*<\/wsu:Expires>/, '')],
    ['no Created', (t) => t.replace(/<wsu:Created>.*<\/wsu:Created>/, '')],
    ['two Created', (t) => t.replace(/<wsu:Created>.*<\/wsu:Created>/, '$&$&')],
    ['Expires first', (t) => t.replace(/(<wsu:Created>.*<\/wsu:Created>)(<wsu:Expires>.*<\/wsu:Expires>)/, '$2$1')],
    ['an offset', (t) => t.replace('12:00:00.000Z', '13:00:00.000+01:00')],
    ['no zone', (t) => t.replace('12:00:00.000Z', '12:00:00.000')],
    ['a leap second', (t) => t.replace('12:00:00.000Z', '11:59:60.000Z')],
    ['a day that does not exist', (t) => t.replace('2026-11-22T12:00', '2026-02-30T12:00')],
    ['an hour that does not exist', (t) => t.replace('T12:00:00.000Z', 'T25:00:00.000Z')],
    ['a year of five digits', (t) => t.replace('2026-11-22T12:00', '12026-11-22T12:00')],
    ['a time zone within the value', (t) => t.replace('<wsu:Created>', '<wsu:Created ValueType="x">')],
  ];
  test.each(refused)('%s is refused', (_what, change) => {
    const changed = change(signedRequest(peer).text);
    expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(changed))).toBe('Wire.PolicyViolation');
  });
});

it('tells the skew of every message with a good signature, also of a refused one', () => {
  const seenSkews: number[] = [];
  const { text } = signedRequest(peer);
  const at = (now: number) => {
    const onSkew = (pem: string, skewMs: number): void => void seenSkews.push(pem === peer.certificatePem ? skewMs : 0);
    return codeOf(() => verifierAt([peer.certificatePem], { clock: () => now, onSkew }).verifyRequest(text));
  };
  expect([at(NOW + 70), at(NOW - 60_000), at(NOW + 900_000)]).toEqual(['accepted', 'Wire.ClockSkew', 'Wire.Expired']);
  expect(seenSkews).toEqual([-70, 60_000, -900_000]);
});

describe('the replay cache', () => {
  it('refuses the same message a second time', () => {
    const verifier = verifierAt([peer.certificatePem], { replayCache: new ReplayCache() });
    const { text } = signedRequest(peer);
    expect(codeOf(() => verifier.verifyRequest(text))).toBe('accepted');
    expect(codeOf(() => verifier.verifyRequest(text))).toBe('Wire.Replayed');
    // What is not signed may change: the header is written otherwise.
    const rewritten = text.replace(' soapenv:mustUnderstand="1"', '');
    expect(codeOf(() => verifier.verifyRequest(rewritten))).toBe('Wire.Replayed');
    expect(codeOf(() => verifier.verifyRequest(signedRequest(peer).text))).toBe('accepted');
  });

  it('does not record what is refused', () => {
    const replayCache = new ReplayCache();
    const verifier = verifierAt([peer.certificatePem], { replayCache });
    const { text } = signedRequest(peer);
    expect(codeOf(() => verifier.verifyRequest(text.replace('admin', 'other')))).toBe('Wire.SignatureInvalid');
    expect(replayCache.size(NOW)).toBe(0);
    expect(codeOf(() => verifier.verifyRequest(text))).toBe('accepted');
  });
});
