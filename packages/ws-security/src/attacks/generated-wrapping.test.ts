import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { describeShared, makeIdentity } from '@mallee/testing';
import { profiles, type IdentityPem } from '../index.js';
import { receiver, sampleOf, signedParts, type Sample } from '../test-support/samples.js';
import { Tally } from '../test-support/tally.js';
import { allNodes, copyTree, localName, readTree, writeTree, type WireNode } from '../test-support/wire-tree.js';
import {
  everything,
  forge,
  insert,
  positions,
  variants,
  type Variant,
  type VariantChoices,
} from '../test-support/wrapping-variants.js';

// The machine may be busy: what is tested takes seconds.
jest.setTimeout(600_000);

const partOf = (root: WireNode, local: string): WireNode =>
  allNodes(root).find((node) => localName(node) === local && /Id="/.test(node.attributes))!;

/** One signed part at a time: each position x each variant. */
function single(sample: Sample, choices: readonly VariantChoices[], tally: Tally): void {
  for (const local of sample.parts) {
    for (const variant of choices.flatMap(variants)) {
      const root = readTree(sample.text);
      const signed = forge(root, partOf(root, local), variant);
      for (const position of positions(root)) {
        tally.try(insert(root, position, signed, variant.wrapper), () => JSON.stringify([local, variant, position]));
      }
    }
  }
}

/** Two signed parts at a time, each to a position of its own. */
function pairs(sample: Sample, tally: Tally): void {
  const forged: Variant[] = [
    { id: 'none', wrapper: 'bare', prefix: 'as signed', payload: 'forged' },
    { id: 'wsu:Id="new-%s"', wrapper: 'unknown', prefix: 'as signed', payload: 'forged' },
    { id: 'wsu:Id="%s"', wrapper: 'unknown', prefix: 'as signed', payload: 'forged' },
  ];
  for (const [index, first] of sample.parts.entries()) {
    for (const second of sample.parts.slice(index + 1)) {
      for (const variant of forged) {
        const root = readTree(sample.text);
        const one = forge(root, partOf(root, first), variant);
        const other = forge(root, partOf(root, second), variant);
        const places = positions(root);
        // Both to one place, and the second to the places that a stride of the first leads to.
        for (const [at, position] of places.entries()) {
          const both = insertBoth(root, position, one, other, variant.wrapper);
          tally.try(both, () => JSON.stringify([first, second, variant, position]));
          const elsewhere = places[(at * 7 + 3) % places.length]!;
          const withFirst = readTree(insert(root, position, one, variant.wrapper));
          const text = insert(withFirst, { node: Math.min(elsewhere.node, 3), at: 0 }, other, variant.wrapper);
          tally.try(text, () => JSON.stringify([first, second, variant, position, elsewhere]));
        }
      }
    }
  }
}

function insertBoth(
  root: WireNode,
  position: { node: number; at: number },
  one: WireNode,
  other: WireNode,
  wrapper: string,
): string {
  const copy = copyTree(root);
  const { content } = allNodes(copy)[position.node]!;
  content.splice(
    position.at,
    0,
    ...(wrapper === 'bare' ? [one, other] : [{ name: 'w', attributes: ' xmlns="urn:w"', content: [one, other] }]),
  );
  return writeTree(copy);
}

const games = ['other prefix', 'default namespace', 'other namespace'] as const;

/** The crossings for our own requests of body-timestamp. */
const thorough: readonly VariantChoices[] = [
  { ...everything, wrappers: ['bare', 'unknown', 'object', 'deep'], prefixes: ['as signed'] },
  {
    ids: ['wsu:Id="%s"', 'wsu:Id="new"', 'none', 'xml:id="%s"'],
    wrappers: ['bare', 'security'],
    prefixes: games,
    payloads: ['forged'],
  },
];

/** Those for the other messages of ours, which differ from them in few places. */
const usual: readonly VariantChoices[] = [
  { ...everything, wrappers: ['bare', 'unknown'], prefixes: ['as signed'] },
  { ...everything, ids: ['wsu:Id="%s"', 'none'], wrappers: ['bare'], prefixes: games, payloads: ['forged', 'same'] },
];

/** Those for messages of the originals. */
const fewer: readonly VariantChoices[] = [
  {
    ids: ['wsu:Id="%s"', 'wsu:Id="new"', 'none'],
    wrappers: ['bare', 'unknown'],
    prefixes: ['as signed'],
    payloads: ['forged', 'absent'],
  },
];

describe('whatever is built from a message, no accepted one says anything else', () => {
  let peer: IdentityPem;
  beforeAll(async () => {
    peer = await makeIdentity('peer');
  });
  const cases = (['body-timestamp', 'headers-only'] as const).flatMap((profile) =>
    (['request', 'reply'] as const).map((direction) => [profile, direction] as const),
  );

  test.each(cases)('%s, %s: each part x position x wrapper x id x prefix x payload', (profile, direction) => {
    const sample = sampleOf(peer, profile, direction);
    const tally = new Tally(sample);
    single(sample, profile === 'body-timestamp' && direction === 'request' ? thorough : usual, tally);
    tally.report(`${direction} of ${profile}, one part`);
    expect(tally.wrong).toEqual([]);
    expect(tally.built).toBeGreaterThan(10_000);
  });

  test.each(cases)('%s, %s: pairs of parts', (profile, direction) => {
    const sample = sampleOf(peer, profile, direction);
    const tally = new Tally(sample);
    pairs(sample, tally);
    tally.report(`${direction} of ${profile}, pairs`);
    expect(tally.wrong).toEqual([]);
    expect(tally.built).toBeGreaterThan(2000);
  });
});

describeShared('whatever is built from a message of the originals', (shared) => {
  const folder = `${shared}/fixtures/rampart-c`;
  const files =
    shared === ''
      ? []
      : (['body-timestamp', 'headers-only'] as const).flatMap((profile) =>
          readdirSync(`${folder}/${profile}/signed`)
            .filter((name) => /^(ncDescribeResource\.CC-to-NC|StartNetwork)\..*\.xml$/.test(name))
            .map((name) => [profile, name] as const),
        );

  test.each(files)('%s/%s', (profile, name) => {
    const text = readFileSync(`${folder}/${profile}/signed/${name}`, 'utf8');
    const trusted = ['cloud', 'cluster', 'node'].map((role) =>
      readFileSync(`${folder}/keys/test-only-${role}-cert.pem`, 'utf8'),
    );
    const created = Date.parse(/<wsu:Created>([^<]*)</.exec(text)?.[1] ?? '2026-11-22T17:15:00Z');
    const direction = name.includes('.response.') ? 'reply' : 'request';
    const receive = receiver(direction, /RelatesTo[^>]*>([^<]*)</.exec(text)?.[1] ?? '', {
      trusted: () => trusted,
      suites: ['rsa-sha1'],
      profile: profiles[profile],
      clock: () => created + 100,
    });
    const sample: Sample = { title: name, profile, direction, text, parts: signedParts(text), receive };
    expect(sample.parts.length).toBe({ request: 3, reply: 4 }[direction] + (profile === 'headers-only' ? 0 : 2));
    const tally = new Tally(sample);
    single(sample, fewer, tally);
    tally.report(`${profile}/${name}`);
    expect(tally.wrong).toEqual([]);
    expect(tally.built).toBeGreaterThan(1000);
  });
});
