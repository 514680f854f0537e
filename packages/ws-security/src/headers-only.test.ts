import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import {
  headersOnly,
  loadIdentity,
  MessageSigner,
  ReplayCache,
  type IdentityPem,
  type SignedMessage,
  type TrustedPeer,
} from './index.js';
import { ACTION, codeOf, NOW, PAYLOAD, signedRequest, TO, verifierAt } from './test-support/messages.js';

let legacy: IdentityPem;
let modern: IdentityPem;
beforeAll(async () => {
  [legacy, modern] = await Promise.all([makeIdentity('legacy'), makeIdentity('modern')]);
});

const untimed = (pem: IdentityPem): MessageSigner =>
  new MessageSigner({ identity: loadIdentity(pem), profile: headersOnly, suite: 'rsa-sha1', clock: () => NOW });
const request = (pem: IdentityPem = legacy): SignedMessage =>
  untimed(pem).sign({ to: TO, action: ACTION, payload: PAYLOAD });
const rules = (): TrustedPeer => ({
  certificatePem: legacy.certificatePem,
  profile: headersOnly,
  suites: ['rsa-sha1'],
});
/** Trusts both; only the legacy one has rules of its own. */
const verifier = (now = NOW, replayCache = new ReplayCache()) =>
  verifierAt([legacy.certificatePem, modern.certificatePem, rules()], { clock: () => now, replayCache });

describe('profile headers-only', () => {
  it('signs the addressing headers and the Body, without a Timestamp', () => {
    const { text } = request();
    expect(text.match(/<ds:Reference URI="[^"]*"/g)).toEqual(
      ['To', 'Action', 'MessageID', 'Body'].map((name) => `<ds:Reference URI="#id-${name}"`),
    );
    expect(text).not.toContain('Timestamp');
    const reply = untimed(legacy).sign({ action: ACTION, payload: PAYLOAD, from: TO, relatesTo: 'urn:uuid:1' }).text;
    expect(reply.match(/<ds:Reference URI="[^"]*"/g)).toEqual(
      ['Action', 'From', 'MessageID', 'RelatesTo', 'Body'].map((name) => `<ds:Reference URI="#id-${name}"`),
    );
    expect(verifier().verifyReply(reply, 'urn:uuid:1')).toMatchObject({ profile: 'headers-only', bodySigned: true });
  });

  it('is taken from the peer it is set for, and says so', () => {
    const verified = verifier().verifyRequest(request().text);
    expect(verified).toMatchObject({ profile: 'headers-only', bodySigned: true, suite: 'rsa-sha1', skewMs: undefined });
  });

  it('is refused from every other peer', () => {
    const verify = (pem: IdentityPem): string => codeOf(() => verifier().verifyRequest(request(pem).text));
    expect(verify(modern)).toBe('Wire.AlgorithmRefused');
    const modernSha256 = new MessageSigner({ identity: loadIdentity(modern), profile: headersOnly, clock: () => NOW });
    const { text } = modernSha256.sign({ to: TO, action: ACTION, payload: PAYLOAD });
    expect(codeOf(() => verifier().verifyRequest(text))).toBe('Wire.PolicyViolation');
  });

  it('refuses a Timestamp, and what is signed must be good', () => {
    const timed = signedRequest(legacy, { suite: 'rsa-sha1' }).text;
    expect(() => verifier().verifyRequest(timed)).toThrow(/Timestamp is not allowed/);
    const { text } = request();
    const sha256 = new MessageSigner({ identity: loadIdentity(legacy), profile: headersOnly });
    const other = sha256.sign({ to: TO, action: ACTION, payload: PAYLOAD }).text;
    expect(codeOf(() => verifier().verifyRequest(other))).toBe('Wire.AlgorithmRefused');
    for (const [from, to] of [
      ['admin', 'other'],
      ['ncDescribeResource</wsa', 'ncPowerDown</wsa'],
      ['urn:uuid:', 'urn:uuid:0'],
      [':8775', ':8774'],
    ] as const) {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      expect(codeOf(() => verifier().verifyRequest(changed))).toBe('Wire.SignatureInvalid');
    }
    const bare = text.replace(/ xmlns:wsu="[^"]*" wsu:Id="id-Action"/, '');
    expect(codeOf(() => verifier().verifyRequest(bare))).toBe('Wire.PolicyViolation');
  });

  it('remembers messages against replay for an hour, as they have no time', () => {
    const cache = new ReplayCache();
    const { text } = request();
    expect(codeOf(() => verifier(NOW, cache).verifyRequest(text))).toBe('accepted');
    expect(codeOf(() => verifier(NOW + 3_599_000, cache).verifyRequest(text))).toBe('Wire.Replayed');
    expect(codeOf(() => verifier(NOW + 3_601_000, cache).verifyRequest(text))).toBe('accepted');
  });
});

describe('rules per peer', () => {
  it('leave other peers as they are', () => {
    const verified = verifier(NOW + 500).verifyRequest(signedRequest(modern).text);
    expect(verified).toMatchObject({ profile: 'body-timestamp', bodySigned: true, suite: 'rsa-sha256', skewMs: -500 });
  });

  it('go before a plain entry of the same certificate, wherever it stands', () => {
    for (const trusted of [
      [rules(), legacy.certificatePem],
      [legacy.certificatePem, rules()],
    ]) {
      const strict = verifierAt(trusted);
      expect(strict.verifyRequest(request().text).profile).toBe('headers-only');
      expect(codeOf(() => strict.verifyRequest(signedRequest(legacy).text))).toMatch(
        /PolicyViolation|AlgorithmRefused/,
      );
    }
  });

  it('without rules are the defaults', () => {
    const plain = verifierAt([{ certificatePem: modern.certificatePem }]);
    expect(plain.verifyRequest(signedRequest(modern).text).profile).toBe('body-timestamp');
    expect(codeOf(() => plain.verifyRequest(request().text))).toBe('Wire.UnknownCertificate');
  });
});
