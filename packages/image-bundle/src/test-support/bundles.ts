import { createCipheriv, createHash, createSign } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { MalleeError } from '@mallee/errors';
import type { TestIdentity } from '@mallee/testing';
import { newImageKey, wrapKey } from '../image-key.js';
import { parseManifest } from '../parse-manifest.js';
import { TAR_BLOCK, writeTarHeader } from '../tar-header.js';
import { unbundle } from '../unbundle.js';
import { writeManifest } from '../write-manifest.js';

/** A tar with one plain file, with `change` applied to its header before the checksum is made. */
export function tarWith(name: string, content: Buffer, change: (header: Buffer) => void = () => undefined): Buffer {
  const header = writeTarHeader('x', content.length, 0);
  header.fill(0, 0, 100);
  header.write(name, 0);
  change(header);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((TAR_BLOCK - (content.length % TAR_BLOCK)) % TAR_BLOCK)]);
}

export const TAR_END = Buffer.alloc(1024);

export interface HandMadeBundle {
  readonly manifest: Buffer;
  readonly parts: Map<string, Buffer>;
}

/** A well-signed bundle around any bytes, for archives that our own bundler would never write. */
export function bundleBytes(
  user: TestIdentity,
  cloud: TestIdentity,
  input: { tar?: Buffer; gzip?: Buffer; size: number; digest?: string; partBytes?: number },
): HandMadeBundle {
  const tar = input.tar ?? Buffer.alloc(0);
  const key = newImageKey();
  const cipher = createCipheriv('aes-128-cbc', key.key, key.iv);
  const encrypted = Buffer.concat([cipher.update(input.gzip ?? gzipSync(tar)), cipher.final()]);
  const partBytes = input.partBytes ?? 1000;
  const parts = new Map<string, Buffer>();
  for (let at = 0; at < encrypted.length; at += partBytes) {
    parts.set(`image.part.${String(parts.size).padStart(2, '0')}`, encrypted.subarray(at, at + partBytes));
  }
  const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');
  const manifest = writeManifest({
    kind: 'machine',
    name: 'image',
    architecture: 'x86_64',
    accountId: '000000000001',
    digest: input.digest ?? sha1(tar),
    size: input.size,
    bundledSize: encrypted.length,
    cloudKey: wrapKey(key, cloud.certificatePem),
    userKey: wrapKey(key, user.certificatePem),
    parts: [...parts].map(([filename, bytes]) => ({ filename, digest: sha1(bytes) })),
    sign: (data) => createSign('sha1').update(data).sign(user.privateKeyPem),
  });
  return { manifest, parts };
}

/** Opens parts that are held in memory, in chunks of odd sizes. */
export function partsOf(parts: ReadonlyMap<string, Buffer>): (index: number, filename: string) => Promise<Readable> {
  return async (_index, filename) => {
    const bytes = parts.get(filename);
    if (bytes === undefined) throw new MalleeError('Image.PartMissing', `${filename} is not there`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 777) chunks.push(bytes.subarray(at, at + 777));
    return Readable.from(chunks, { objectMode: false });
  };
}

/** The whole image, or the error of the stream. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Unpacks with the right key. */
export function open(bundle: HandMadeBundle, key: Parameters<typeof unbundle>[0]['key']): Readable {
  return unbundle({
    manifest: parseManifest(bundle.manifest),
    key,
    openPart: partsOf(bundle.parts),
    maxImageBytes: 64 * 1024 * 1024,
  });
}

/** Code of the MalleeError that the promise rejects with, or "nothing". */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof MalleeError ? error.code : `untyped: ${String(error)}`),
  );
}
