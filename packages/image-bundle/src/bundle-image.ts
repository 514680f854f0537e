import { createCipheriv, createHash, createSign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { MalleeError } from '@mallee/errors';
import { BlockReader } from './block-reader.js';
import { newImageKey, wrapKey } from './image-key.js';
import type { ImageKind, ManifestPart } from './manifest.js';
import { TAR_BLOCK, TAR_RECORD, writeTarHeader } from './tar-header.js';
import { writeManifest } from './write-manifest.js';

/** Where the parts and the manifest go; each call gets a whole small file. */
export type BundleSink = (filename: string, content: Buffer) => Promise<void>;

export interface BundleImageOptions {
  /** Path of the image: a disk, kernel or ramdisk. */
  readonly source: string;
  readonly kind: ImageKind;
  /** Prefix of the parts and of the manifest, one plain file name. */
  readonly name: string;
  /** Default x86_64. */
  readonly architecture?: string;
  /** 12 digits. */
  readonly accountId: string;
  readonly userCertificatePem: string;
  readonly userPrivateKeyPem: string;
  /** Certificate of the cloud's image service. */
  readonly cloudCertificatePem: string;
  /** Images that a machine image starts with. */
  readonly kernelId?: string;
  readonly ramdiskId?: string;
  /** A folder (made if absent), or a function that takes the files. */
  readonly output: string | BundleSink;
  /** Bytes per part; default 10 MiB. */
  readonly partBytes?: number;
  /** Told how many bytes of the image are read. */
  readonly onProgress?: (bytes: number) => void;
  /** Ends the work; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface BundledImage {
  readonly manifestName: string;
  readonly manifest: Buffer;
  readonly partNames: readonly string[];
  readonly size: number;
  readonly bundledSize: number;
}

/** What the prefix of a bundle looks like. */
export const BUNDLE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const PART_BYTES = 10 * 1024 * 1024;

/**
 * Bundles one file as euca2ools and the EC2 AMI tools do: tar, gzip, AES-128-CBC under a new key, parts, manifest. The
 * manifest comes last, so that whoever finds one finds all its parts. Memory use is two parts.
 */
export async function bundleImage(options: BundleImageOptions): Promise<BundledImage> {
  if (!BUNDLE_NAME.test(options.name)) {
    throw new MalleeError('Image.ManifestInvalid', `${options.name} cannot be the prefix of a bundle`);
  }
  const sink = await openSink(options.output);
  const { size, mtimeMs } = await stat(options.source);
  const key = newImageKey();
  const digest = createHash('sha1');
  const gzip = createGzip();
  const cipher = createCipheriv('aes-128-cbc', key.key, key.iv);
  const tar = Readable.from(tarOf(options, size, mtimeMs / 1000, digest), { objectMode: false });
  const encrypted = pipeline(tar, gzip, cipher);
  const [parts] = await Promise.all([writeParts(cipher, options, sink), encrypted]);
  const manifest = writeManifest({
    ...options,
    architecture: options.architecture ?? 'x86_64',
    digest: digest.digest('hex'),
    size,
    bundledSize: parts.bytes,
    cloudKey: wrapKey(key, options.cloudCertificatePem),
    userKey: wrapKey(key, options.userCertificatePem),
    parts: parts.list,
    sign: (data) => createSign('sha1').update(data).sign(options.userPrivateKeyPem),
  });
  const manifestName = `${options.name}.manifest.xml`;
  await sink(manifestName, manifest);
  const partNames = parts.list.map(({ filename }) => filename);
  return { manifestName, manifest, partNames, size, bundledSize: parts.bytes };
}

async function openSink(output: string | BundleSink): Promise<BundleSink> {
  if (typeof output !== 'string') return output;
  await mkdir(output, { recursive: true });
  return (filename, content) => writeFile(join(output, filename), content);
}

async function* tarOf(
  { source, name, onProgress, signal }: BundleImageOptions,
  size: number,
  mtime: number,
  digest: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer, void, undefined> {
  const seen = (chunk: Buffer) => {
    digest.update(chunk);
    return chunk;
  };
  yield seen(writeTarHeader(name, size, mtime));
  let read = 0;
  for await (const chunk of createReadStream(source, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    read += chunk.length;
    onProgress?.(read);
    yield seen(chunk);
  }
  if (read !== size) throw new MalleeError('Image.ManifestInvalid', `${source} changed while it was read`);
  // Fill the last block, two blocks of zeros, fill the last record.
  const end = TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK + 2 * TAR_BLOCK;
  yield seen(Buffer.alloc(Math.ceil(end / TAR_RECORD) * TAR_RECORD - TAR_BLOCK - size));
}

async function writeParts(
  encrypted: AsyncIterable<Buffer>,
  options: BundleImageOptions,
  sink: BundleSink,
): Promise<{ list: ManifestPart[]; bytes: number }> {
  const list: ManifestPart[] = [];
  let bytes = 0;
  for await (const content of slices(encrypted, options.partBytes ?? PART_BYTES)) {
    const filename = `${options.name}.part.${String(list.length).padStart(2, '0')}`;
    await sink(filename, content);
    list.push({ filename, digest: createHash('sha1').update(content).digest('hex') });
    bytes += content.length;
  }
  return { list, bytes };
}

/** The stream in slices of `length` bytes, the last one shorter. */
async function* slices(source: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer, void, undefined> {
  const reader = new BlockReader(source);
  for (;;) {
    const pieces: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const piece = await reader.upTo(missing);
      if (piece === undefined) break;
      pieces.push(piece);
      missing -= piece.length;
    }
    if (pieces.length > 0) yield Buffer.concat(pieces);
    if (missing > 0) return;
  }
}
