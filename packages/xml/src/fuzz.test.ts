import { expect, jest, test } from '@jest/globals';
import { isMalleeError } from '@mallee/errors';
import { describeReal } from '@mallee/testing';
import fc from 'fast-check';
import { canonicalize, parseXml } from './index.js';
import { corpus } from './test-support/corpus.js';
import { damage, randomFrom } from './test-support/damage.js';
import { documents } from './test-support/documents.js';
import { canonicalByLibxml2 } from './test-support/libxml2.js';

// The machine may be busy.
jest.setTimeout(300_000);

const SEED = 20261122;

/** The same damaged documents in every run. */
function damaged(count: number): Buffer[] {
  const random = randomFrom(SEED);
  const good = [...Object.values(corpus).flat(), ...fc.sample(documents, { numRuns: 300, seed: SEED })].filter(
    (text) => text.length < 2000,
  );
  return Array.from({ length: count }, () => damage(good[random(good.length)]!, random));
}

/** The canonical form, or undefined where the reader refuses with one of its errors; anything else it throws comes out. */
function ownForm(document: Uint8Array): string | undefined {
  try {
    return canonicalize(parseXml(document));
  } catch (error) {
    if (isMalleeError(error) && /^Wire\.(MalformedXml|LimitExceeded)$/.test(error.code)) return undefined;
    throw error;
  }
}

test('damaged documents are read or refused with a typed error, and a canonical form is read again as itself', () => {
  let accepted = 0;
  for (const document of damaged(20_000)) {
    const form = ownForm(document);
    if (form === undefined) continue;
    accepted += 1;
    if (ownForm(Buffer.from(form)) !== form) throw new Error(`not stable: ${document.toString()}`);
  }
  expect(accepted).toBeGreaterThan(2000);
});

describeReal({ programs: ['xmllint'] }, 'beside libxml2', () => {
  test('no document is accepted that libxml2 refuses or reads as another one', () => {
    const all = damaged(4000);
    const accepted = all.filter((document) => ownForm(document) !== undefined);
    expect(accepted.length).toBeGreaterThan(400);
    const theirs = canonicalByLibxml2(accepted);
    const differing = accepted.flatMap((document, index) => {
      const own = ownForm(document);
      return own === theirs[index] ? [] : [{ document: document.toString(), own, theirs: theirs[index] }];
    });
    expect(differing).toEqual([]);
  });
});
