import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { loadIdentity, MessageSigner, type IdentityPem } from '../index.js';
import { NOW, PAYLOAD, TO, verifierAt } from '../test-support/messages.js';
import { sampleOf } from '../test-support/samples.js';
import { randomFrom, Tally } from '../test-support/tally.js';

// The machine may be busy.
jest.setTimeout(300_000);

const SEED = 20261122;

/** What is put into messages besides single bytes. */
const SNIPPETS = [
  '<',
  '>',
  '/>',
  '</',
  '"',
  "'",
  '&',
  '&amp;',
  '&#60;',
  '&lt;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?x?>',
  '<!DOCTYPE x>',
  ' xmlns="urn:x"',
  ' xmlns:n="urn:x"',
  ' xmlns:wsu="urn:x"',
  ' Id="id-Body"',
  ' wsu:Id="id-Body"',
  ' xml:id="id-Body"',
  '<x/>',
  '<soapenv:Body/>',
  '<soapenv:Header/>',
  '<ds:Signature/>',
  'mallory',
  '\0',
  '\r\n',
  '\t',
  '\ufeff',
  '\u00fc',
  '\u{1f600}',
].map((text) => Buffer.from(text));

type Random = (below: number) => number;

/** One to three changes: a bit, a byte, a snippet put in or over, a piece left out, doubled, moved or exchanged. */
function damage(message: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(message);
  for (let changes = 1 + random(3); changes > 0; changes -= 1) {
    const at = random(bytes.length);
    const end = Math.min(bytes.length, at + 1 + random(random(4) === 0 ? 600 : 40));
    const piece = bytes.subarray(at, end);
    const other = random(bytes.length);
    const snippet = SNIPPETS[random(SNIPPETS.length)]!;
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(end)];
    switch (random(9)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random(8));
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
        bytes = Buffer.concat([before, snippet, bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([before, snippet, after]);
        break;
      case 4:
        bytes = Buffer.concat([before, after]);
        break;
      case 5:
        bytes = Buffer.concat([before, piece, piece, after]);
        break;
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, other), piece, bytes.subarray(other)]);
        break;
      case 7:
        bytes = Buffer.from(bytes.subarray(0, at));
        break;
      default:
        bytes = swapTags(bytes, random);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

/** Exchanges two elements, found by their start tags, whether or not that leaves the document well-formed. */
function swapTags(bytes: Buffer<ArrayBuffer>, random: Random): Buffer<ArrayBuffer> {
  const text = bytes.toString('latin1');
  const tags = [...text.matchAll(/<[^/!?][^>]*>/g)];
  if (tags.length < 2) return bytes;
  const [one, two] = [tags[random(tags.length)]!, tags[random(tags.length)]!].sort((a, b) => a.index - b.index);
  const [a, b] = [one!.index, two!.index];
  if (a + one![0].length > b) return bytes;
  const swapped =
    text.slice(0, a) + two![0] + text.slice(a + one![0].length, b) + one![0] + text.slice(b + two![0].length);
  return Buffer.from(swapped, 'latin1');
}

describe('damaged messages are refused with a Wire error or say what they said', () => {
  let peer: IdentityPem;
  beforeAll(async () => {
    peer = await makeIdentity('peer');
  });
  const cases = (['body-timestamp', 'headers-only'] as const).flatMap((profile) =>
    (['request', 'reply'] as const).map((direction) => [profile, direction] as const),
  );

  test.each(cases)('%s, %s: random damage', (profile, direction) => {
    const sample = sampleOf(peer, profile, direction);
    const tally = new Tally(sample);
    const next = randomFrom(SEED);
    const random: Random = (below) => Math.floor(next() * below);
    const message = Buffer.from(sample.text);
    for (let round = 0; round < 6000; round += 1) {
      const bytes = damage(message, random);
      tally.try(bytes, () => `round ${round}: ${bytes.toString('latin1')}`);
    }
    tally.report(`${direction} of ${profile}, random damage`);
    expect(tally.wrong).toEqual([]);
    expect(tally.accepted).toBeGreaterThan(10);
  });

  test.each(cases)('%s, %s: every byte in turn', (profile, direction) => {
    const sample = sampleOf(peer, profile, direction);
    const tally = new Tally(sample);
    const message = Buffer.from(sample.text);
    for (let at = 0; at < message.length; at += 1) {
      const was = message[at]!;
      for (const byte of [0x3c, 0x20, was ^ 1]) {
        message[at] = byte;
        tally.try(message, () => `byte ${at} = ${byte}`);
      }
      message[at] = was;
    }
    tally.report(`${direction} of ${profile}, every byte`);
    expect(tally.wrong).toEqual([]);
  });

  test.each(cases)('%s, %s: cut off anywhere', (profile, direction) => {
    const sample = sampleOf(peer, profile, direction);
    const message = Buffer.from(sample.text);
    const tally = new Tally(sample);
    for (let length = 0; length < message.length; length += 1)
      tally.try(message.subarray(0, length), () => `${length} bytes`);
    expect(tally.wrong).toEqual([]);
    expect(tally.accepted).toBe(0);
  });

  test('what the signer writes is verified, whatever texts it is given', () => {
    const signer = new MessageSigner({ identity: loadIdentity(peer), clock: () => NOW });
    const verifier = verifierAt([peer.certificatePem]);
    const next = randomFrom(SEED);
    const alphabet = [
      'A',
      '&',
      '<',
      '>',
      '"',
      "'",
      '\r',
      '\n',
      '\t',
      ' ',
      ']]>',
      '\u00fc',
      '\u20ac',
      '\u{1f600}',
      '\u2028',
      '&amp;',
      '<!--',
    ];
    for (let round = 0; round < 300; round += 1) {
      const text = (): string =>
        Array.from({ length: 1 + Math.floor(next() * 12) }, () => alphabet[Math.floor(next() * alphabet.length)]).join(
          '',
        );
      const [action, to] = [`x${text()}`, `${TO}?${text()}`];
      const verified = verifier.verifyRequest(signer.sign({ to, action, payload: PAYLOAD }).text);
      expect([verified.to, verified.action]).toEqual([to, action]);
    }
  });
});
