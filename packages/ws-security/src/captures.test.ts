import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeShared } from '@mallee/testing';
import {
  loadXmlCryptoEngine,
  MessageVerifier,
  nativeEngine,
  profiles,
  type ProfileName,
  type SignatureEngine,
  type VerifiedMessage,
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
  'no-addressing-headers': 'Wire.PolicyViolation',
  'headers-only-no-timestamp': 'Wire.PolicyViolation',
  'signature-wrapping-body': 'Wire.PolicyViolation',
  'with-timestamp': 'Wire.PolicyViolation',
  'signed-by-unknown-cert': 'Wire.UnknownCertificate',
  'cert-and-key-differ': 'Wire.SignatureInvalid',
  // A matter of HTTP: the message is good. The server of @mallee/soap-rpc refuses it.
  'no-soapaction-header': 'accepted',
};

const dialects: ProfileName[] = ['body-timestamp', 'headers-only'];

describe.each(dialects)('profile %s', (dialect) =>
  describeShared('captures of the original C daemons', (shared) => {
    const folder = `${shared}/fixtures/rampart-c`;
    const list = (name: string, end: string): string[] =>
      shared === '' ? ['none'] : readdirSync(`${folder}/${dialect}/${name}`).filter((file) => file.endsWith(end));
    const engines: Record<string, SignatureEngine> = { native: nativeEngine };
    const trusted: string[] = [];

    beforeAll(async () => {
      engines['xml-crypto'] = await loadXmlCryptoEngine();
      for (const role of ['cloud', 'cluster', 'node']) {
        trusted.push(readFileSync(`${folder}/keys/test-only-${role}-cert.pem`, 'utf8'));
      }
    });

    /** Verifies at the time of the capture. */
    function verified(file: string, engine: SignatureEngine | undefined): VerifiedMessage {
      const text = readFileSync(`${folder}/${dialect}/${file}`, 'utf8');
      const created = Date.parse(/<wsu:Created>([^<]*)</.exec(text)?.[1] ?? '2026-11-22T17:15:00Z');
      const verifier = new MessageVerifier({
        trusted: () => trusted,
        suites: ['rsa-sha1'],
        profile: profiles[dialect],
        clock: () => created + 100,
        ...(engine === undefined ? {} : { engine }),
      });
      const relatesTo = /RelatesTo[^>]*>([^<]*)</.exec(text)?.[1];
      return relatesTo === undefined ? verifier.verifyRequest(text) : verifier.verifyReply(text, relatesTo);
    }

    const verify = (file: string, engine?: SignatureEngine): string => verified(file, engine).payload.local;

    describe.each(['native', 'xml-crypto'])('with the %s engine', (engine) => {
      test.each(list('signed', '.xml'))('signed/%s is verified', (file) => {
        const operation = file.split('.', 1)[0];
        expect(verify(`signed/${file}`, engines[engine])).toBe(
          file.includes('.response.') ? `${operation}Response` : operation,
        );
      });

      test.each(list('rejected', '.request.xml'))('rejected/%s is refused for its reason', (file) => {
        const reason = reasons[file.split('.')[1] ?? ''];
        expect(codeOf(() => verify(`rejected/${file}`, engines[engine]))).toBe(reason);
      });

      test.each(list('rejected', '.response.xml'))('the fault rejected/%s is not taken for a signed reply', (file) => {
        expect(codeOf(() => verify(`rejected/${file}`, engines[engine]))).toMatch(
          /^Wire\.(NotSigned|MalformedXml|PolicyViolation)$/,
        );
      });
    });

    test.each(list('accepted-by-original', '.malformed-xml.request.xml'))(
      '%s, cut off at its end, is refused',
      (file) => {
        expect(codeOf(() => verify(`accepted-by-original/${file}`))).toBe('Wire.MalformedXml');
      },
    );

    if (dialect === 'headers-only') {
      test('the Body is signed or not, and the result says which', () => {
        const bodySigned = (file: string): boolean => verified(file, undefined).bodySigned;
        expect(bodySigned('signed/ncDescribeResource.CC-to-NC.request.xml')).toBe(false);
        // What this profile cannot protect: a changed Body.
        expect(bodySigned('accepted-by-original/ncDescribeResource.tampered-body-userid.request.xml')).toBe(false);
        expect(bodySigned('accepted-by-original/ncDescribeResource.body-signed-too.request.xml')).toBe(true);
      });

      test('headers that are not signed are refused, which the originals take', () => {
        const file = 'accepted-by-original/ncDescribeResource.only-To-signed.request.xml';
        expect(codeOf(() => verify(file))).toBe('Wire.PolicyViolation');
      });
    }

    test('a message of the originals is refused where only RSA-SHA256 is allowed', () => {
      const text = readFileSync(`${folder}/${dialect}/signed/ncDescribeResource.CC-to-NC.request.xml`);
      const verifier = new MessageVerifier({ trusted: () => trusted, profile: profiles[dialect] });
      expect(codeOf(() => verifier.verifyRequest(text))).toBe('Wire.AlgorithmRefused');
    });
  }),
);
