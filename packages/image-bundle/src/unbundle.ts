import { createDecipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { isMalleeError, MalleeError } from '@mallee/errors';
import type { ImageKey } from './image-key.js';
import type { Manifest } from './manifest.js';
import { tarContent } from './tar-content.js';

export interface UnbundleOptions {
  readonly manifest: Pick<Manifest, 'parts' | 'bundledSize' | 'size' | 'digest'>;
  readonly key: ImageKey;
  /** Opens one part; rejects with `Image.PartMissing` if it is not there. Called in order, one at a time. */
  readonly openPart: (index: number, filename: string) => Promise<Readable>;
  /** Largest image that is unpacked, in bytes. */
  readonly maxImageBytes: number;
}

const MIB = 1024 * 1024;
/** Bytes that each step works ahead of the next, so that decompression, hashing and whoever takes the image run side by side. */
const AHEAD = 4 * MIB;

/**
 * The image inside a bundle as one stream: parts -> AES -> gunzip -> tar -> content. Nothing is kept.
 * The stream ends cleanly only if every part, the number of bytes of all parts, the size of the image and the digest of
 * the archive are what the manifest says; else it fails with `Image.PartMissing`, `Image.DigestMismatch`,
 * `Image.DecryptionFailed`, `Image.ArchiveRefused` or `Image.TooLarge`: what was read until then must not be used.
 */
export function unbundle(options: UnbundleOptions): Readable {
  if (options.manifest.size > options.maxImageBytes) {
    throw new MalleeError(
      'Image.TooLarge',
      `the image has ${options.manifest.size} bytes, ${options.maxImageBytes} are allowed`,
    );
  }
  return Readable.from(imageContent(options), { objectMode: false, highWaterMark: AHEAD });
}

async function* imageContent(options: UnbundleOptions): AsyncGenerator<Buffer, void, undefined> {
  const { manifest, key } = options;
  const decipher = createDecipheriv('aes-128-cbc', key.key, key.iv);
  const gunzip = createGunzip({ chunkSize: MIB, readableHighWaterMark: AHEAD } as ZlibOptions);
  const encrypted = Readable.from(verifiedParts(options), { objectMode: false, highWaterMark: AHEAD });
  const finished = pipeline(encrypted, decipher, gunzip);
  finished.catch(() => undefined); // reported through the reading of gunzip
  const hash = createHash('sha1');
  try {
    yield* tarContent(digested(gunzip, hash, tarLimit(manifest.size)), manifest.size);
    await finished;
    if (hash.digest('hex') !== manifest.digest) {
      throw new MalleeError(
        'Image.DigestMismatch',
        'the archive in the bundle has another digest than the manifest says',
      );
    }
  } catch (error) {
    throw typedFailure(error);
  } finally {
    encrypted.destroy();
    decipher.destroy();
    gunzip.destroy();
  }
}

/** Room for headers, padding and a sparse map with a run for every other 4 KiB; more is a decompression bomb. */
function tarLimit(imageSize: number): number {
  return imageSize + Math.ceil(imageSize / 64) + MIB;
}

async function* digested(
  tar: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
  limit: number,
): AsyncGenerator<Buffer, void, undefined> {
  let total = 0;
  for await (const chunk of tar) {
    total += chunk.length;
    if (total > limit) throw new MalleeError('Image.TooLarge', 'the bundle unpacks to more than the manifest says');
    hash.update(chunk);
    yield chunk;
  }
}

async function* verifiedParts({ manifest, openPart }: UnbundleOptions): AsyncGenerator<Buffer, void, undefined> {
  let total = 0;
  for (const [index, { filename, digest }] of manifest.parts.entries()) {
    const hash = createHash('sha1');
    for await (const chunk of (await openPart(index, filename)) as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > manifest.bundledSize) throw wrongBundleSize(manifest.bundledSize);
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== digest) {
      throw new MalleeError('Image.DigestMismatch', `part ${filename} has another digest than the manifest says`);
    }
  }
  if (total !== manifest.bundledSize) throw wrongBundleSize(manifest.bundledSize);
}

function wrongBundleSize(expected: number): MalleeError {
  return new MalleeError('Image.DigestMismatch', `the parts do not have ${expected} bytes together`);
}

/** Failures of the cipher and of zlib as typed errors, without their texts: those would tell which byte was wrong. */
function typedFailure(error: unknown): unknown {
  if (isMalleeError(error)) return error;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if (code.startsWith('ERR_OSSL')) {
    return new MalleeError('Image.DecryptionFailed', 'the parts cannot be decrypted with the key in the manifest');
  }
  if (code.startsWith('Z_'))
    return new MalleeError('Image.DigestMismatch', 'the decrypted parts are not one gzip stream');
  return error;
}
