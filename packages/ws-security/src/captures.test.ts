import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeShared } from '@mallee/testing';
import {
  loadXmlCryptoEngine,
  MessageVerifier,
  nativeEngine,
  profiles,
  ReplayCache,
  type ProfileName,
  type SignatureEngine,
} from './index.js';
import { codeOf } from './test-support/messages.js';

/** Why each refused request of the captures is refused; the part of the file name that says what was done to it. */
const reasons: Readonly<Record<string, string>> = {
  'unsigned-no-security': 'Wire.NotSigned',
  'tampered-action-text': 'Wire.SignatureInvalid',
  'tampered-messageid': 'Wire.SignatureInvalid',
  'tampered-signaturevalue': 'Wire.SignatureInvalid',
  'tampered-body-userid': 'Wire.SignatureInvalid',
  'expires-moved-later': 'Wire.SignatureInvalid',
  'cert-and-key-differ': 'Wire.SignatureInvalid',
  'no-addressing-headers': 'Wire.PolicyViolation',
  'headers-only-no-timestamp': 'Wire.PolicyViolation',
  'with-timestamp': 'Wire.PolicyViolation',
  'signature-wrapping-body': 'Wire.PolicyViolation',
  'signed-by-unknown-cert': 'Wire.UnknownCertificate',
  // A matter of HTTP: the message is good. The server of @mallee/soap-rpc refuses it.
  'no-soapaction-header': 'accepted',
};

const dialects = ['body-timestamp', 'headers-only'] as const;

/** The row of docs/reference/wire.md for each capture that the originals accepted and a careful receiver may not. */
function decisions(): Map<string, { first: string; again: string }> {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/reference/wire.md'), 'utf8');
  const rows = text.matchAll(/^\| (body-timestamp|headers-only) \| `([\w-]+)` \| ([^|]*) \| ([^|]*) \|/gm);
  return new Map([...rows].map((row) => [`${row[1]} ${row[2]}`, { first: plain(row[3]!), again: plain(row[4]!) }]));
}

const plain = (cell: string): string => cell.replaceAll('`', '').trim();

describeShared('captures of the original C daemons', (shared) => {
  const folder = `${shared}/fixtures/rampart-c`;
  const list = (dialect: ProfileName, name: string, end: string): string[] =>
    shared === '' ? [] : readdirSync(`${folder}/${dialect}/${name}`).filter((file) => file.endsWith(end));
  const every = (name: string, end: string): (readonly [ProfileName, string])[] =>
    dialects.flatMap((dialect) => list(dialect, name, end).map((file) => [dialect, `${name}/${file}`] as const));
  const engines: Record<string, SignatureEngine> = { native: nativeEngine };

  beforeAll(async () => {
    engines['xml-crypto'] = await loadXmlCryptoEngine();
  });

  /** The certificate that the receiver of a message trusts: who signs what is a matter of the role. */
  function trusted(file: string): string {
    const [operation = ''] = file.replace(/^.*\//, '').split('.');
    const roles = operation.startsWith('nc') ? ['cluster', 'node'] : ['cloud', 'cluster'];
    const role = roles[file.includes('.response.') ? 1 : 0];
    return readFileSync(`${folder}/keys/test-only-${role}-cert.pem`, 'utf8');
  }

  /** Receives messages at the time of the capture; gives the operation, and says so where nobody signed it. */
  function receiver(dialect: ProfileName, file: string, engine?: SignatureEngine): (text: string) => string {
    const created = Date.parse(/<wsu:Created>([^<]*)</.exec(read(dialect, file))?.[1] ?? '2026-11-22T17:15:00Z');
    const verifier = new MessageVerifier({
      trusted: () => [trusted(file)],
      suites: ['rsa-sha1'],
      profile: profiles[dialect],
      clock: () => created + 100,
      replayCache: new ReplayCache(),
      ...(engine === undefined ? {} : { engine }),
    });
    return (text) => {
      const relatesTo = /RelatesTo[^>]*>([^<]*)</.exec(text)?.[1];
      const verified = relatesTo === undefined ? verifier.verifyRequest(text) : verifier.verifyReply(text, relatesTo);
      return verified.bodySigned ? verified.payload.local : `${verified.payload.local}, Body unsigned`;
    };
  }

  const read = (dialect: ProfileName, file: string): string => readFileSync(`${folder}/${dialect}/${file}`, 'utf8');
  const receive = (dialect: ProfileName, file: string, engine?: SignatureEngine): string =>
    receiver(dialect, file, engine)(read(dialect, file));

  describe.each(['native', 'xml-crypto'])('with the %s engine', (engine) => {
    test.each(every('signed', '.xml'))('%s/%s is verified', (dialect, file) => {
      const operation = file.replace('signed/', '').split('.', 1)[0];
      const element = file.includes('.response.') ? `${operation}Response` : operation;
      expect(receive(dialect, file, engines[engine])).toBe(
        dialect === 'headers-only' ? `${element}, Body unsigned` : element,
      );
    });

    test.each(every('rejected', '.request.xml'))('%s/%s is refused for its reason', (dialect, file) => {
      const reason = reasons[file.split('.')[1] ?? ''];
      expect(codeOf(() => receive(dialect, file, engines[engine]))).toBe(reason);
    });

    test.each(every('rejected', '.response.xml'))(
      'the fault %s/%s is not taken for a signed reply',
      (dialect, file) => {
        expect(codeOf(() => receive(dialect, file, engines[engine]))).toMatch(
          /^Wire\.(NotSigned|MalformedXml|PolicyViolation)$/,
        );
      },
    );
  });

  describe('what the originals accepted is decided in docs/reference/wire.md', () => {
    const files = every('accepted-by-original', '.request.xml');

    test('every capture has its row, every row its captures', () => {
      const met = new Set(files.map(([dialect, file]) => `${dialect} ${file.split('.')[1]}`));
      expect([...decisions().keys()].sort()).toEqual([...met].sort());
    });

    /** How the table says it. */
    const outcome = (run: () => string): string => {
      let operation = '';
      const code = codeOf(() => (operation = run()));
      if (code !== 'accepted') return code;
      return operation.endsWith(', Body unsigned') ? 'accepted, Body unsigned' : 'accepted';
    };

    test.each(files)('%s/%s', (dialect, file) => {
      const decided = decisions().get(`${dialect} ${file.split('.')[1]}`);
      expect(outcome(() => receive(dialect, file))).toBe(decided?.first);
      // Once more, on a receiver that has had the genuine message it was made from.
      const [operation = ''] = file.replace(/^.*\//, '').split('.');
      const genuine = `signed/${operation}.${operation.startsWith('nc') ? 'NCclient-to-NC' : 'CCclient-to-CC'}.request.xml`;
      const both = receiver(dialect, genuine);
      both(read(dialect, genuine));
      expect(outcome(() => both(read(dialect, file)))).toBe(decided?.again);
    });

    test.each(files.filter(([dialect]) => dialect === 'headers-only'))(
      '%s/%s from a peer that is not named',
      (_dialect, file) => {
        const text = read('headers-only', file);
        const verifier = new MessageVerifier({ trusted: () => [trusted(file)], suites: ['rsa-sha1'] });
        expect(codeOf(() => verifier.verifyRequest(text))).toMatch(/^Wire\.(PolicyViolation|MalformedXml)$/);
      },
    );
  });

  test('no message of one dialect is taken for one of the other', () => {
    for (const [dialect, file] of every('signed', '.xml')) {
      const other = dialect === 'headers-only' ? 'body-timestamp' : 'headers-only';
      expect(codeOf(() => receiver(other, `../${dialect}/${file}`)(read(dialect, file)))).toBe('Wire.PolicyViolation');
    }
  });

  test('a message of the originals is refused where only RSA-SHA256 is allowed', () => {
    const text = read('body-timestamp', 'signed/ncDescribeResource.CC-to-NC.request.xml');
    const verifier = new MessageVerifier({ trusted: () => [trusted('ncDescribeResource')] });
    expect(codeOf(() => verifier.verifyRequest(text))).toBe('Wire.AlgorithmRefused');
  });
});
