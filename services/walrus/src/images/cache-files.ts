import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { syncDirectory } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';

/** A decrypted image in the cache directory. */
export interface CachedFile {
  /** SHA-256 of the manifest it came from. */
  readonly contentKey: string;
  /** SHA-256 of the image. */
  readonly sha256: string;
  readonly size: number;
  readonly path: string;
}

const NAME = /^([0-9a-f]{64})\.([0-9a-f]{64})\.(\d+)\.[0-9a-f-]{36}\.image$/;
const UNFINISHED = '.unfinished';
const STEP = 64 * 1024;
const ZEROS = Buffer.alloc(STEP);

/**
 * The files of the cache. The name carries all that is known of an image, so that one rename publishes it and nothing
 * half-made is ever taken for an image. The directory belongs to one process.
 */
export class CacheFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get directory(): string {
    return this.#directory;
  }

  /** What earlier runs have left, the longest unused first. Unfinished and damaged files are removed. */
  async load(): Promise<{ file: CachedFile; lastUsed: number }[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const found: { file: CachedFile; lastUsed: number }[] = [];
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const [, contentKey, sha256, digits] = NAME.exec(name) ?? [];
      if (contentKey === undefined || sha256 === undefined) {
        if (name.endsWith(UNFINISHED)) await rm(path, { force: true });
        continue;
      }
      const { size, mtimeMs } = await stat(path);
      if (String(size) === digits) found.push({ file: { contentKey, sha256, size, path }, lastUsed: mtimeMs });
      else await rm(path, { force: true });
    }
    return found.sort((a, b) => a.lastUsed - b.lastUsed);
  }

  /** Writes the stream, which must have exactly `size` bytes; nothing remains of it if it fails. Zeros become holes. */
  async store(contentKey: string, size: number, source: Readable): Promise<CachedFile> {
    // No two files ever have one name: a reader of an image that was dropped and made anew removes its own file only.
    const id = randomUUID();
    const draft = join(this.#directory, id + UNFINISHED);
    try {
      const sha256 = await writeDraft(draft, size, source);
      const path = join(this.#directory, `${contentKey}.${sha256}.${size}.${id}.image`);
      await rename(draft, path);
      await syncDirectory(this.#directory);
      return { contentKey, sha256, size, path };
    } catch (error) {
      source.destroy();
      await rm(draft, { force: true });
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
        ? new MalleeError('Image.CacheFull', 'the disk of the image cache is full', { cause: error })
        : error;
    }
  }

  async remove(file: CachedFile): Promise<void> {
    await rm(file.path, { force: true });
  }

  /** The modification time is the time of last use, which so survives a restart. */
  async touch(file: CachedFile, time: Date): Promise<void> {
    await utimes(file.path, time, time);
  }
}

async function writeDraft(path: string, size: number, source: Readable): Promise<string> {
  const file = await open(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let position = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await writeSparse(file, chunk, position);
      position += chunk.length;
    }
    if (position !== size)
      throw new MalleeError('Image.DigestMismatch', `the image has ${position} bytes, not ${size}`);
    await file.truncate(size);
    await file.sync();
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

async function writeSparse(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; at += STEP) {
    const piece = chunk.subarray(at, at + STEP);
    if (piece.equals(ZEROS.subarray(0, piece.length))) continue;
    let written = 0;
    while (written < piece.length) {
      const { bytesWritten } = await file.write(piece, written, piece.length - written, position + at + written);
      written += bytesWritten;
    }
  }
}
