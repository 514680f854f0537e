import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { canonicalize, parseXml } from '@mallee/xml';
import fc from 'fast-check';
import { loadIdentity, MessageSigner, profiles, suites, type IdentityPem, type SuiteName } from './index.js';
import { OwnMessages } from './own-message.js';
import { readCertificate } from './certificates.js';
import { ACTION, codeOf, NOW, PAYLOAD, TO } from './test-support/messages.js';
import { receiver, samplesOf, type Sample } from './test-support/samples.js';
import { signAgain } from './test-support/sign-again.js';
import { dispatched } from './test-support/tally.js';

let peer: IdentityPem;
let samples: readonly Sample[];
beforeAll(async () => {
  peer = await makeIdentity('peer');
  samples = samplesOf(peer);
});

/** What becomes of a message with and without the short way: the code, or all that a service would learn. */
function outcomes(sample: Sample, text: string): [string, string] {
  const outcome = (shortWay: boolean): string => {
    let learnt = '';
    const code = codeOf(() => (learnt = dispatched(sample.receive(text, { shortWay }))));
    return code + learnt;
  };
  return [outcome(true), outcome(false)];
}

function agree(sample: Sample, text: string): string {
  const [short, strict] = outcomes(sample, text);
  expect(short).toBe(strict);
  return short;
}

/** Whether the short way itself takes the message. */
function taken(sample: Sample, text: string): boolean {
  const everySuite = Object.keys(suites) as SuiteName[];
  const owner = {
    certificate: readCertificate(peer.certificatePem),
    profile: profiles[sample.profile],
    suites: everySuite,
  };
  const direction = sample.direction === 'request' ? 'request' : 'response';
  const own = new OwnMessages({});
  return (
    own.receive(Buffer.from(text), direction, (token) => (token === owner.certificate.token ? owner : undefined)) !==
    undefined
  );
}

const piece = fc.constantFrom(
  ...['', '<', '>', '/', '&', '&amp;', '"', ' ', '\n', '\r', '\0', '\x7f', '\u00fc', 'x', '1', '=', 'A', '#', ':'],
  ...[
    '<n:userId>other</n:userId>',
    '<n:userId/>',
    '<!--x-->',
    '<![CDATA[x]]>',
    '</soapenv:Body>',
    '<soapenv:Body>',
    '<w>',
    '</w>',
  ],
  ...[
    ' xmlns:n="urn:x"',
    ' xmlns:wsu="urn:x"',
    ' xmlns:soapenv="urn:x"',
    ' xmlns="urn:x"',
    ' wsu:Id="id-Body"',
    ' Id="id-To"',
    ' a="b"',
  ],
);

describe('the short way and the strict reader agree', () => {
  it('takes what our signer writes, all profiles, directions and algorithms', () => {
    for (const suite of Object.keys(suites) as SuiteName[]) {
      for (const sample of samplesOf(peer, suite)) {
        expect(taken(sample, sample.text)).toBe(true);
        expect(agree(sample, sample.text)).toMatch(/^accepted/);
      }
    }
  });

  it('on damaged messages', () => {
    const codes = new Map<string, number>();
    const changes = fc.array(fc.tuple(fc.nat(9999), fc.nat(6), piece), {
      minLength: 1,
      maxLength: 2,
    });
    fc.assert(
      fc.property(fc.nat(3), changes, (which, list) => {
        const sample = samples[which]!;
        let text = sample.text;
        for (const [where, cut, insert] of list) {
          const at = Math.floor((where / 10_000) * text.length);
          text = text.slice(0, at) + insert + text.slice(at + cut);
        }
        const code = agree(sample, text).split('[')[0]!;
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }),
      { numRuns: 1500 },
    );
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining(['Wire.SignatureInvalid', 'Wire.MalformedXml', 'Wire.PolicyViolation']),
    );
  });

  it('on messages that were damaged before they were signed', () => {
    let accepted = 0;
    let short = 0;
    // Somewhere in the payload or in a header, so that most are still well-formed.
    const change = fc.tuple(
      fc.constantFrom('payload', 'To', 'Action', 'Created', 'anywhere'),
      fc.nat(400),
      fc.nat(3),
      piece,
    );
    fc.assert(
      fc.property(fc.nat(3), change, (which, [place, offset, cut, insert]) => {
        const sample = samples[which]!;
        const start = {
          payload: sample.text.indexOf('<n:nc'),
          To: sample.text.indexOf('http://10.0.0.2'),
          Action: sample.text.indexOf('EucalyptusNC#'),
          Created: sample.text.indexOf('2026-11-22T'),
          anywhere: 0,
        }[place];
        const at =
          Math.max(0, start) + (place === 'anywhere' ? offset * 15 : offset % (place === 'payload' ? 140 : 24));
        const damaged = sample.text.slice(0, at) + insert + sample.text.slice(at + cut);
        let text: string;
        try {
          text = signAgain(damaged, peer);
        } catch {
          text = damaged;
        }
        if (!agree(sample, text).startsWith('accepted')) return;
        accepted += 1;
        if (taken(sample, text)) short += 1;
      }),
      { numRuns: 600 },
    );
    expect(accepted).toBeGreaterThan(50);
    expect(short).toBeGreaterThan(20);
    expect(accepted - short).toBeGreaterThan(5);
  });

  it('on payloads with every limit and with ids', () => {
    const deep = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
    const payloads: readonly (readonly [string, boolean])[] = [
      [deep(62), true],
      [deep(63), false],
      [`<l>${'<a></a>'.repeat(60_000)}</l>`, false],
      ['<a Id="id-To"></a>', false],
      ['<a Id="x"><b ID="x"></b></a>', false],
      ['<a Id="x"><b ID="y"></b></a>', true],
      ['<a></a><b></b>', false],
      ['', false],
      ['text', false],
      ['<a>&#xD;&lt;&gt;&amp;</a>', true],
      ['<soapenv:a wsu:b="1"></soapenv:a>', true],
      [PAYLOAD.replace('admin', 'x'.repeat(200_000)), true],
      [PAYLOAD.replace('admin', 'x'.repeat(2_000_000)), false],
    ];
    const signer = new MessageSigner({ identity: loadIdentity(peer), clock: () => NOW });
    const sample = samples[0]!;
    for (const [payload, good] of payloads) {
      const { text } = signer.sign({ to: TO, action: ACTION, payload });
      expect(agree(sample, text).startsWith('accepted')).toBe(good);
      expect(taken(sample, text)).toBe(good);
    }
  });

  it('on the payload itself, which is the same tree', () => {
    const payload = '<n:a xmlns:n="urn:n" n:x="&lt;"><n:b>a&amp;b</n:b>t<c></c></n:a>';
    const { text } = new MessageSigner({ identity: loadIdentity(peer), clock: () => NOW }).sign({
      to: TO,
      action: ACTION,
      payload,
    });
    const options = { trusted: () => [peer.certificatePem], clock: () => NOW };
    const [short, strict] = [true, false].map(
      (shortWay) => receiver('request', '', { ...options, shortWay })(text).payload,
    );
    expect(canonicalize(short!)).toBe(payload);
    expect(canonicalize(strict!)).toBe(payload);
    expect(canonicalize(parseXml(payload))).toBe(payload);
    expect(short!.children[0]!.text).toBe('a&b');
    expect(short!.text).toBe('t');
  });
});
