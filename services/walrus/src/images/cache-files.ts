import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
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
  /** Where it is now: a draft, until it would survive a power cut. */
  path: string;
  /** Resolves when `path` is the last one. Never rejects. */
  readonly settled: Promise<void>;
}

const NAME = /^([0-9a-f]{64})\.([0-9a-f]{64})\.(\d+)\.[0-9a-f-]{36}\.image$/;
const UNFINISHED = '.unfinished';
const STEP = 64 * 1024;
/** Writes under way while the next chunk is made. */
const WRITES_AT_ONCE = 4;
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
      if (String(size) === digits)
        found.push({ file: { contentKey, sha256, size, path, settled: Promise.resolve() }, lastUsed: mtimeMs });
      else await rm(path, { force: true });
    }
    return found.sort((a, b) => a.lastUsed - b.lastUsed);
  }

  /**
   * Writes the stream, which must have exactly `size` bytes; nothing remains of it if it fails. Zeros become holes. The file can be read
   * at once; making it durable goes on behind, as nobody has been promised that: after a crash a draft is removed.
   */
  async store(contentKey: string, size: number, source: Readable): Promise<CachedFile> {
    // No two files ever have one name: a reader of an image that was dropped and made anew removes its own file only.
    const id = randomUUID();
    const draft = join(this.#directory, id + UNFINISHED);
    try {
      const { sha256, file: draftFile } = await writeDraft(draft, size, source);
      const path = join(this.#directory, `${contentKey}.${sha256}.${size}.${id}.image`);
      const file: CachedFile = { contentKey, sha256, size, path: draft, settled: Promise.resolve() };
      return Object.assign(file, { settled: this.#settle(draftFile, file, path) });
    } catch (error) {
      source.destroy();
      await rm(draft, { force: true });
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
        ? new MalleeError('Image.CacheFull', 'the disk of the image cache is full', { cause: error })
        : error;
    }
  }

  /** Synced first, then named: whatever has the name of an image is whole. A draft that cannot be synced stays one. */
  async #settle(handle: FileHandle, file: CachedFile, path: string): Promise<void> {
    const draft = file.path;
    try {
      await handle.sync();
      // There is no moment at which a reader finds it under neither name.
      await link(draft, path);
      file.path = path;
      await rm(draft, { force: true });
      await syncDirectory(this.#directory);
    } catch {
      // It serves as long as this process runs.
    } finally {
      await handle.close().catch(() => undefined);
    }
  }

  async remove(file: CachedFile): Promise<void> {
    await file.settled;
    await rm(file.path, { force: true });
  }

  /** The modification time is the time of last use, which so survives a restart. */
  async touch(file: CachedFile, time: Date): Promise<void> {
    await utimes(file.path, time, time);
  }
}

/** Gives the open file. */
async function writeDraft(path: string, size: number, source: Readable): Promise<{ sha256: string; file: FileHandle }> {
  const file = await open(path, 'wx', 0o600);
  const writes = new Set<Promise<void>>();
  try {
    const hash = createHash('sha256');
    let failure: { readonly error: unknown } | undefined;
    let position = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      for (const run of dataRuns(chunk)) {
        const write = writeAll(file, chunk.subarray(run.start, run.end), position + run.start)
          .catch((error: unknown) => void (failure ??= { error }))
          .finally(() => writes.delete(write));
        writes.add(write);
      }
      position += chunk.length;
      while (writes.size > WRITES_AT_ONCE) await Promise.race(writes);
      if (failure !== undefined) throw failure.error;
    }
    await Promise.all(writes);
    if (failure !== undefined) throw failure.error;
    if (position !== size)
      throw new MalleeError('Image.DigestMismatch', `the image has ${position} bytes, not ${size}`);
    await file.truncate(size);
    return { sha256: hash.digest('hex'), file };
  } catch (error) {
    await Promise.all(writes);
    await file.close();
    throw error;
  }
}

/** Where a chunk is not zeros alone, in steps; neighbours are one run. */
function dataRuns(chunk: Buffer): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (let at = 0; at < chunk.length; at += STEP) {
    const piece = chunk.subarray(at, at + STEP);
    if (piece.equals(ZEROS.subarray(0, piece.length))) continue;
    const last = runs.at(-1);
    if (last?.end === at) last.end = at + piece.length;
    else runs.push({ start: at, end: at + piece.length });
  }
  return runs;
}

async function writeAll(file: FileHandle, piece: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    const { bytesWritten } = await file.write(piece, written, piece.length - written, position + written);
    written += bytesWritten;
  }
}
