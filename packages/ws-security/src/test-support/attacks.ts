import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import type { XmlElement } from '@mallee/xml';
import { loadXmlCryptoEngine, type IdentityPem, type SignatureEngine } from '../index.js';
import { codeOf } from './messages.js';
import { samplesOf, type Sample } from './samples.js';
import { signAgain } from './sign-again.js';
import { readTree, writeTree, type WireNode } from './wire-tree.js';

export const POLICY = 'Wire.PolicyViolation';
export const ALGORITHM = 'Wire.AlgorithmRefused';
export const INVALID = 'Wire.SignatureInvalid';
export const MALFORMED = 'Wire.MalformedXml';
export const NOT_SIGNED = 'Wire.NotSigned';
export const UNKNOWN = 'Wire.UnknownCertificate';

/** For tests: what an attacker makes of a message that he caught. */
export interface Attack {
  /** Starts with its number in the list of attacks, W01 to W32. */
  readonly title: string;
  readonly change: (text: string, sample: Sample) => string;
  /** The code it is refused with, or 'accepted' for what is legal and must change nothing. */
  readonly code: string | ((sample: Sample) => string);
  /** The messages it can be tried on; default all. */
  readonly on?: (sample: Sample) => boolean;
  /** The code when the peer itself signs the changed message; default the same, as the shape alone must be refused. */
  readonly signedAgain?: string | ((sample: Sample) => string);
  /** False when nothing is left that could be signed again. */
  readonly signable?: boolean;
}

/** An attack that moves elements. */
export function onTree(change: (root: WireNode, sample: Sample) => void): Attack['change'] {
  return (text, sample) => {
    const root = readTree(text);
    change(root, sample);
    return writeTree(root);
  };
}

export const timed = (sample: Sample): boolean => sample.profile === 'body-timestamp';
export const isRequest = (sample: Sample): boolean => sample.direction === 'request';

/** Codes of a refusal that comes before the shape, or from the cryptography: signing again says nothing about them. */
const NOT_OF_SHAPE: readonly string[] = [INVALID, UNKNOWN, MALFORMED, NOT_SIGNED, 'accepted'];

/**
 * Tests each attack on a request and a reply of both profiles, with both engines, and once more with a good signature over the changed
 * message.
 */
export function describeAttacks(family: string, attacks: readonly Attack[]): void {
  let peer: IdentityPem;
  let samples: readonly Sample[] = [];
  let xmlCrypto: SignatureEngine;

  beforeAll(async () => {
    [peer, xmlCrypto] = await Promise.all([makeIdentity('peer'), loadXmlCryptoEngine()]);
    samples = samplesOf(peer);
  });

  describe(family, () => {
    test.each(attacks.map((attack) => [attack.title, attack] as const))('%s', (_title, attack) => {
      const met = samples.filter((sample) => attack.on?.(sample) ?? true);
      expect(met).not.toEqual([]);
      for (const sample of met) {
        const changed = attack.change(sample.text, sample);
        expect(changed).not.toBe(sample.text);
        const code = resolve(attack.code, sample);
        const seen = { sample: sample.title, code: codeOf(() => expectSame(sample, changed)) };
        expect(seen).toEqual({ sample: sample.title, code });
        // The independent engine must not accept either; it may name another reason where it checks in another order.
        const other = codeOf(() => sample.receive(changed, { engine: xmlCrypto }));
        expect({ sample: sample.title, accepted: other === 'accepted' }).toEqual({
          sample: sample.title,
          accepted: code === 'accepted',
        });
        if (attack.signable === false) continue;
        if (attack.signedAgain === undefined && NOT_OF_SHAPE.includes(code)) continue;
        const again = codeOf(() => sample.receive(signAgain(changed, peer)));
        const expected = resolve(attack.signedAgain ?? code, sample);
        expect({ sample: sample.title, again }).toEqual({ sample: sample.title, again: expected });
      }
    });
  });
}

function resolve(code: string | ((sample: Sample) => string), sample: Sample): string {
  return typeof code === 'string' ? code : code(sample);
}

/** Receives a changed message; if it is accepted it must say what the genuine one says. */
function expectSame(sample: Sample, changed: string): void {
  const was = sample.receive(sample.text);
  const is = sample.receive(changed);
  expect([is.action, is.messageId, is.to, is.payload.local, is.payload.namespace, textsOf(is.payload)]).toEqual([
    was.action,
    was.messageId,
    was.to,
    was.payload.local,
    was.payload.namespace,
    textsOf(was.payload),
  ]);
}

function textsOf(element: XmlElement): string[] {
  return [element.text, ...element.children.flatMap(textsOf)];
}
