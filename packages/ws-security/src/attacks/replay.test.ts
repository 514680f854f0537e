import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { loadIdentity, MessageSigner, profiles, ReplayCache, type IdentityPem } from '../index.js';
import { ACTION, codeOf, NOW, PAYLOAD, TO, verifierAt } from '../test-support/messages.js';
import { sampleOf } from '../test-support/samples.js';
import { signAgain } from '../test-support/sign-again.js';
import { changeId, element, findNode, readTree, setText, writeTree } from '../test-support/wire-tree.js';

let peer: IdentityPem;
beforeAll(async () => {
  peer = await makeIdentity('peer');
});

const names = ['body-timestamp', 'headers-only'] as const;

describe.each(names)('W30 a request of %s', (profile) => {
  test('is taken once', () => {
    const { text, receive } = sampleOf(peer, profile, 'request');
    const replayCache = new ReplayCache();
    expect(codeOf(() => receive(text, { replayCache }))).toBe('accepted');
    expect(codeOf(() => receive(text, { replayCache }))).toBe('Wire.Replayed');
  });

  test('is not taken again with what is unsigned changed', () => {
    const { text, receive } = sampleOf(peer, profile, 'request');
    const replayCache = new ReplayCache();
    receive(text, { replayCache });
    const other = readTree(text);
    other.attributes += ' xmlns:x="urn:x"';
    findNode(other, 'Security').content.reverse();
    findNode(other, 'Security').attributes = findNode(other, 'Security').attributes.replace(/ soapenv:\w+="1"/, '');
    expect(codeOf(() => receive(writeTree(other), { replayCache }))).toBe('Wire.Replayed');
    const spelled = text.replace('admin', '<![CDATA[admin]]>');
    expect(codeOf(() => receive(spelled, { replayCache }))).toBe('Wire.Replayed');
    const broken = text.replace(/(<ds:SignatureValue>.{76})/, '$1\n');
    expect(codeOf(() => receive(broken, { replayCache }))).toBe('Wire.Replayed');
  });

  test('is not taken with a MessageID that was used', () => {
    const replayCache = new ReplayCache();
    const { text, receive } = sampleOf(peer, profile, 'request');
    receive(text, { replayCache });
    const root = readTree(text);
    setText(findNode(root, 'userId'), 'other');
    expect(codeOf(() => receive(signAgain(writeTree(root), peer), { replayCache }))).toBe('Wire.Replayed');
  });

  test('is not remembered when it is refused', () => {
    const { text, receive } = sampleOf(peer, profile, 'request');
    const replayCache = new ReplayCache();
    expect(codeOf(() => receive(text.replace('admin', 'other'), { replayCache }))).toBe('Wire.SignatureInvalid');
    expect(codeOf(() => receive(text, { replayCache, trusted: () => [] }))).toBe('Wire.UnknownCertificate');
    expect(codeOf(() => receive(text, { replayCache }))).toBe('accepted');
  });

  test('cannot be an answer to itself, nor an answer a request', () => {
    const request = sampleOf(peer, profile, 'request');
    const reply = sampleOf(peer, profile, 'reply');
    expect(codeOf(() => reply.receive(request.text))).toBe('Wire.PolicyViolation');
    expect(codeOf(() => request.receive(reply.text))).toBe('Wire.PolicyViolation');
  });

  test('and its answer belong together', () => {
    const signer = new MessageSigner({ identity: loadIdentity(peer), profile: profiles[profile], clock: () => NOW });
    const reply = signer.sign({ action: ACTION, payload: PAYLOAD, relatesTo: 'urn:uuid:a', from: TO });
    const verifier = verifierAt([peer.certificatePem], { profile: profiles[profile] });
    expect(codeOf(() => verifier.verifyReply(reply.text, 'urn:uuid:a'))).toBe('accepted');
    for (const other of ['urn:uuid:b', 'urn:uuid:A', '', 'urn:uuid:a ', 'rn:uuid:a']) {
      expect(codeOf(() => verifier.verifyReply(reply.text, other))).toBe('Wire.PolicyViolation');
    }
  });
});

describe('W30 without a signed Body', () => {
  test('another Body under headers that were used is refused', () => {
    const { text, receive } = sampleOf(peer, 'headers-only', 'request');
    const root = readTree(text);
    const info = findNode(root, 'SignedInfo');
    info.content = info.content.filter(
      (node) => typeof node === 'string' || !JSON.stringify(node).includes('#id-Body'),
    );
    const unsigned = signAgain(writeTree(root), peer);
    const replayCache = new ReplayCache();
    const first = receive(unsigned, { replayCache });
    expect([first.bodySigned, first.payload.children[0]?.text]).toEqual([false, 'admin']);
    expect(codeOf(() => receive(unsigned.replace('admin', 'mallory'), { replayCache }))).toBe('Wire.Replayed');
  });

  test('no peer of body-timestamp can send such a message', () => {
    const { text } = sampleOf(peer, 'headers-only', 'request');
    expect(codeOf(() => sampleOf(peer, 'body-timestamp', 'request').receive(text))).toBe('Wire.PolicyViolation');
    const timed = sampleOf(peer, 'body-timestamp', 'request').text;
    expect(codeOf(() => sampleOf(peer, 'headers-only', 'request').receive(timed))).toBe('Wire.PolicyViolation');
  });

  test('the profile belongs to the certificate, not to the endpoint', async () => {
    const legacy = await makeIdentity('legacy');
    const trusted = () => [
      { certificatePem: legacy.certificatePem, profile: profiles['headers-only'] },
      peer.certificatePem,
    ];
    const verifier = verifierAt([], { trusted });
    expect(verifier.verifyRequest(sampleOf(legacy, 'headers-only', 'request').text).profile).toBe('headers-only');
    expect(verifier.verifyRequest(sampleOf(peer, 'body-timestamp', 'request').text).profile).toBe('body-timestamp');
    const crossed = [
      sampleOf(peer, 'headers-only', 'request').text,
      sampleOf(legacy, 'body-timestamp', 'request').text,
    ];
    for (const text of crossed) expect(codeOf(() => verifier.verifyRequest(text))).toBe('Wire.PolicyViolation');
  });
});

describe('W30 the Timestamp', () => {
  const at = (created: string, expires: string): string => {
    const { text } = sampleOf(peer, 'body-timestamp', 'request');
    const root = readTree(text);
    setText(findNode(root, 'Created'), created);
    setText(findNode(root, 'Expires'), expires);
    return signAgain(writeTree(root), peer);
  };
  const code = (text: string): string => codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(text));

  const times: readonly (readonly [string, string, string, string])[] = [
    ['without fractions of a second', '2026-11-22T12:00:00Z', '2026-11-22T12:05:00Z', 'accepted'],
    ['with nanoseconds', '2026-11-22T12:00:00.000000001Z', '2026-11-22T12:05:00.999999999Z', 'accepted'],
    [
      'with more digits than nanoseconds',
      '2026-11-22T12:00:00.0000000001Z',
      '2026-11-22T12:05:00Z',
      'Wire.PolicyViolation',
    ],
    ['at the edge of the skew', '2026-11-22T12:00:20.000Z', '2026-11-22T12:05:00.000Z', 'accepted'],
    ['beyond the skew', '2026-11-22T12:00:20.001Z', '2026-11-22T12:05:00.000Z', 'Wire.ClockSkew'],
    ['that expired within the skew', '2026-11-22T11:58:00.000Z', '2026-11-22T11:59:40.000Z', 'accepted'],
    ['that expired', '2026-11-22T11:58:00.000Z', '2026-11-22T11:59:39.999Z', 'Wire.Expired'],
    ['that expires before it was made', '2026-11-22T12:00:00.000Z', '2026-11-22T11:59:59.000Z', 'Wire.PolicyViolation'],
    ['with a life of a century, fresh', '2026-11-22T12:00:00.000Z', '2126-11-22T12:00:00.000Z', 'accepted'],
    ['with a life of a century, old', '2026-11-22T11:54:39.999Z', '2126-11-22T12:00:00.000Z', 'Wire.Expired'],
    ['with an offset', '2026-11-22T13:00:00.000+01:00', '2026-11-22T13:05:00.000+01:00', 'Wire.PolicyViolation'],
    ['with offset zero', '2026-11-22T12:00:00.000+00:00', '2026-11-22T12:05:00.000+00:00', 'Wire.PolicyViolation'],
    ['in local time', '2026-11-22T12:00:00.000', '2026-11-22T12:05:00.000', 'Wire.PolicyViolation'],
    ['with a leap second', '2026-11-22T11:59:60.000Z', '2026-11-22T12:05:00.000Z', 'Wire.PolicyViolation'],
    ['at hour 24', '2026-11-21T24:00:00.000Z', '2026-11-22T12:05:00.000Z', 'Wire.PolicyViolation'],
    ['with white space', ' 2026-11-22T12:00:00.000Z', '2026-11-22T12:05:00.000Z ', 'Wire.PolicyViolation'],
    ['in lower case', '2026-11-22t12:00:00.000z', '2026-11-22t12:05:00.000z', 'Wire.PolicyViolation'],
    ['of year zero', '0000-11-22T12:00:00.000Z', '2026-11-22T12:05:00.000Z', 'Wire.Expired'],
    ['of a negative year', '-2026-11-22T12:00:00.000Z', '2026-11-22T12:05:00.000Z', 'Wire.PolicyViolation'],
    ['in seconds since 1970', '1795348800', '1795349100', 'Wire.PolicyViolation'],
    ['of a week', '2026-W47-7T12:00:00.000Z', '2026-11-22T12:05:00.000Z', 'Wire.PolicyViolation'],
  ];
  test.each(times)('%s', (_what, created, expires, expected) => {
    expect(code(at(created, expires))).toBe(expected);
  });

  test.each([
    ['no Expires', ['Created']],
    ['no Created', ['Expires']],
    ['Expires first', ['Expires', 'Created']],
    ['two Created', ['Created', 'Created', 'Expires']],
    ['two Expires', ['Created', 'Expires', 'Expires']],
    ['nothing', []],
  ])('with %s is refused', (_what, names) => {
    const root = readTree(sampleOf(peer, 'body-timestamp', 'request').text);
    const timestamp = findNode(root, 'Timestamp');
    timestamp.content = names.map((name) =>
      element(`wsu:${name}`, '', name === 'Created' ? '2026-11-22T12:00:00.000Z' : '2026-11-22T12:05:00.000Z'),
    );
    expect(code(signAgain(writeTree(root), peer))).toBe('Wire.PolicyViolation');
  });

  test('without an id of its own is refused', () => {
    const root = readTree(sampleOf(peer, 'body-timestamp', 'request').text);
    changeId(findNode(root, 'Timestamp'), 'Id="id-Timestamp"');
    expect(code(signAgain(writeTree(root), peer))).toBe('Wire.PolicyViolation');
  });
});
