import { beforeAll, expect, test } from '@jest/globals';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import { resignManifest } from './resign-manifest.js';
import { bundleBytes, TAR_END, tarWith } from './test-support/bundles.js';
import { verifyManifestSignature } from './verify-manifest.js';

let [user, cloud]: TestIdentity[] = [];
let text: string;
beforeAll(async () => {
  [user, cloud] = await Promise.all([makeIdentity('user'), makeIdentity('cloud')]);
  const tar = Buffer.concat([tarWith('disk', Buffer.alloc(2000, 7)), TAR_END]);
  text = bundleBytes(user, cloud, { tar, size: 2000, partBytes: 64 }).manifest.toString();
});

const resign = (document: string): Buffer => resignManifest(Buffer.from(document), cloud!.privateKeyPem);
const signer = (document: Buffer, ...who: TestIdentity[]): string =>
  verifyManifestSignature(
    document,
    who.map(({ certificatePem }) => certificatePem),
  ).certificatePem;

test('one signature takes the place of all there were', () => {
  const { signedBytes } = verifyManifestSignature(Buffer.from(text), [user!.certificatePem]).manifest;
  const twice = text.replace('</manifest>', '<signature>abcd</signature>\n<signature/></manifest>');
  for (const document of [text, twice, text.replace(/<signature>.*<\/signature>/, '<signature>UNSIGNED</signature>')]) {
    const again = resign(document);
    expect(signer(again, user!, cloud!)).toBe(cloud!.certificatePem);
    expect(verifyManifestSignature(again, [cloud!.certificatePem]).manifest.signedBytes.equals(signedBytes)).toBe(true);
    expect(again.toString().match(/<signature>/g)).toHaveLength(1);
    expect(() => signer(again, user!)).toThrow(expect.objectContaining({ code: 'Image.SignatureInvalid' }));
  }
});

test('a manifest with its own and an appended signature is good by either', () => {
  const both = text.replace(
    '</manifest>',
    /<signature>.*<\/signature>/.exec(resign(text).toString())![0] + '</manifest>',
  );
  expect(signer(Buffer.from(both), user!)).toBe(user!.certificatePem);
  expect(signer(Buffer.from(both), cloud!)).toBe(cloud!.certificatePem);
  const many = text.replace('</manifest>', `${'<signature>ab</signature>'.repeat(4)}</manifest>`);
  expect(() => signer(Buffer.from(many), user!)).toThrow(expect.objectContaining({ code: 'Image.ManifestInvalid' }));
});

test('a manifest whose signature cannot be found as text is refused', () => {
  const moved = text
    .replace(/<signature>(.*)<\/signature>/, '')
    .replace('<manifest>', '<manifest><signature>ab</signature>');
  expect(() => resign(moved)).toThrow(expect.objectContaining({ code: 'Image.ManifestInvalid' }));
  const escaped = text.replace(/<signature>/, '<signature a="b">');
  expect(() => resign(escaped)).toThrow(expect.objectContaining({ code: 'Image.ManifestInvalid' }));
});
