import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import { recoverKey } from './image-key.js';
import { parseManifest } from './parse-manifest.js';
import { unbundle } from './unbundle.js';
import { bundleBytes, failureOf, open, partsOf, readAll, TAR_END, tarWith } from './test-support/bundles.js';
import type { HandMadeBundle } from './test-support/bundles.js';

let user: TestIdentity;
let cloud: TestIdentity;
beforeAll(async () => {
  user = await makeIdentity('user');
  cloud = await makeIdentity('cloud');
});

const content = randomBytes(5000);
const goodTar = () => Buffer.concat([tarWith('disk.img', content), TAR_END]);
const unpack = (bundle: HandMadeBundle) =>
  readAll(open(bundle, recoverKey(parseManifest(bundle.manifest), cloud.privateKeyPem)));
const bundleOf = (tar: Buffer, size = content.length) => bundleBytes(user, cloud, { tar, size });

describe('unbundle', () => {
  test('gives back what was bundled, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 20_000 }),
        fc.integer({ min: 1, max: 9000 }),
        async (bytes, partBytes) => {
          const image = Buffer.from(bytes);
          const tar = Buffer.concat([tarWith('a', image), TAR_END]);
          const bundle = bundleBytes(user, cloud, { tar, size: image.length, partBytes });
          expect((await unpack(bundle)).equals(image)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  test('never ends cleanly when a byte of a part is changed', async () => {
    const bundle = bundleOf(goodTar());
    const names = [...bundle.parts.keys()];
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, at, flip) => {
        const name = names[which % names.length] ?? '';
        const bytes = Buffer.from(bundle.parts.get(name) ?? '');
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
        const failure = await failureOf(unpack({ ...bundle, parts: new Map(bundle.parts).set(name, bytes) }));
        expect(['Image.DigestMismatch', 'Image.DecryptionFailed', 'Image.ArchiveRefused', 'Image.TooLarge']).toContain(
          failure,
        );
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('fails when a part is missing, cut short or too long', async () => {
    const bundle = bundleOf(goodTar());
    const without = new Map(bundle.parts);
    without.delete('image.part.03');
    expect(await failureOf(unpack({ ...bundle, parts: without }))).toBe('Image.PartMissing');
    const last = [...bundle.parts.keys()].at(-1) ?? '';
    for (const bytes of [bundle.parts.get(last)?.subarray(0, 16), Buffer.alloc(3000), Buffer.alloc(0)]) {
      const parts = new Map(bundle.parts).set(last, bytes ?? Buffer.alloc(0));
      expect(await failureOf(unpack({ ...bundle, parts }))).toMatch(/Image\.(DigestMismatch|DecryptionFailed)/);
    }
  });

  test('fails on a wrong digest or size of the image, however well signed', async () => {
    const tar = goodTar();
    const wrongDigest = bundleBytes(user, cloud, { tar, size: content.length, digest: '0'.repeat(40) });
    expect(await failureOf(unpack(wrongDigest))).toBe('Image.DigestMismatch');
    expect(await failureOf(unpack(bundleOf(tar, content.length + 1)))).toBe('Image.DigestMismatch');
    expect(await failureOf(unpack(bundleOf(tar, content.length - 1)))).toBe('Image.TooLarge');
  });

  test('stops a gzip bomb early', async () => {
    const header = tarWith('a', content);
    const bomb = bundleBytes(user, cloud, {
      gzip: gzipSync(Buffer.concat([header, Buffer.alloc(32 * 1024 * 1024)])),
      size: content.length,
    });
    expect(await failureOf(unpack(bomb))).toBe('Image.TooLarge');
    const lying = bundleOf(Buffer.concat([tarWith('a', Buffer.alloc(100_000)), TAR_END]), 100);
    expect(await failureOf(unpack(lying))).toBe('Image.TooLarge');
  });

  test('does not unpack an image above the limit', () => {
    const bundle = bundleOf(goodTar());
    const manifest = { ...parseManifest(bundle.manifest), size: 1e12 };
    const key = { key: Buffer.alloc(16), iv: Buffer.alloc(16) };
    expect(() => unbundle({ manifest, key, openPart: partsOf(bundle.parts), maxImageBytes: 1e9 })).toThrow(
      /1e\+12|1000000000000/,
    );
  });

  test('fails when the gzip stream is cut or not gzip at all', async () => {
    const gzip = gzipSync(goodTar());
    const cut = bundleBytes(user, cloud, { tar: goodTar(), gzip: gzip.subarray(0, -20), size: content.length });
    expect(await failureOf(unpack(cut))).toBe('Image.DigestMismatch');
    const plain = bundleBytes(user, cloud, { tar: goodTar(), gzip: goodTar(), size: content.length });
    expect(await failureOf(unpack(plain))).toBe('Image.DigestMismatch');
  });

  test('fails with the wrong key', async () => {
    const bundle = bundleOf(goodTar());
    const key = { key: Buffer.alloc(16), iv: Buffer.alloc(16) };
    expect(await failureOf(readAll(open(bundle, key)))).toMatch(/Image\.(DecryptionFailed|DigestMismatch)/);
  });

  test('closes its part when the reader goes away', async () => {
    const bundle = bundleOf(goodTar());
    let closed = false;
    const openPart = async (index: number, filename: string) => {
      const part = await partsOf(bundle.parts)(index, filename);
      part.once('close', () => (closed = true));
      return part;
    };
    const manifest = parseManifest(bundle.manifest);
    const stream = unbundle({ manifest, key: recoverKey(manifest, cloud.privateKeyPem), openPart, maxImageBytes: 1e9 });
    await new Promise((resolve) => stream.once('readable', resolve));
    stream.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(true);
  });
});
