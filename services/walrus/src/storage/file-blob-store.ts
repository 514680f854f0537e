import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { syncDirectory } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import type { BlobReader, BlobStore, BlobWriter, ByteRange } from './blob-store.js';
import { copyFile } from './copy-file.js';
import { WriteBehind } from './write-behind.js';

const BLOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Blobs as files: `objects/ab/cd/UUID` below one directory, written in `tmp/` of the same file system and renamed when
 * complete. After `commit` both the data and the directory entries are on the disk.
 */
export class FileBlobStore implements BlobStore {
  readonly #objects: string;
  readonly #temporary: string;
  readonly #knownDirectories = new Set<string>();

  private constructor(directory: string) {
    this.#objects = join(directory, 'objects');
    this.#temporary = join(directory, 'tmp');
  }

  static async open(directory: string): Promise<FileBlobStore> {
    const store = new FileBlobStore(directory);
    await mkdir(store.#objects, { recursive: true });
    await mkdir(store.#temporary, { recursive: true });
    await syncDirectory(directory);
    return store;
  }

  async create(): Promise<BlobWriter> {
    const id = newBlobId();
    const path = join(this.#temporary, id);
    const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
      throw storageError(error);
    });
    return new FileBlobWriter(id, path, file, () => this.#publish(path, id));
  }

  async open(id: string): Promise<BlobReader | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#pathOf(id), 'r');
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
    const { size } = await file.stat();
    return new FileBlobReader(file, size);
  }

  async remove(id: string): Promise<void> {
    await unlinkIfThere(this.#pathOf(id));
  }

  async *list(olderThan: Date): AsyncIterable<string> {
    for await (const entry of await opendir(this.#objects, { recursive: true })) {
      if (!entry.isFile() || !BLOB_ID.test(entry.name)) continue;
      if (await isOlder(join(entry.parentPath, entry.name), olderThan)) yield entry.name;
    }
  }

  async removeAbandonedWrites(olderThan: Date): Promise<number> {
    let removed = 0;
    for await (const entry of await opendir(this.#temporary)) {
      const path = join(this.#temporary, entry.name);
      if (!(await isOlder(path, olderThan))) continue;
      await unlinkIfThere(path);
      removed++;
    }
    return removed;
  }

  async #publish(temporaryPath: string, id: string): Promise<void> {
    const path = this.#pathOf(id);
    const directory = dirname(path);
    await this.#prepare(directory);
    await rename(temporaryPath, path);
    await syncDirectory(directory);
  }

  /**
   * Makes a directory and its entry durable. One that is there already may have been made by a process that died before it
   * synced the parent, so the first use in this process always syncs.
   */
  async #prepare(directory: string): Promise<void> {
    if (directory === this.#objects || this.#knownDirectories.has(directory)) return;
    const parent = dirname(directory);
    await this.#prepare(parent);
    await mkdir(directory, { recursive: true });
    await syncDirectory(parent);
    this.#knownDirectories.add(directory);
  }

  #pathOf(id: string): string {
    if (!BLOB_ID.test(id)) throw new MalleeError('InternalError', `"${id}" is not a blob id`);
    return join(this.#objects, id.slice(0, 2), id.slice(2, 4), id);
  }
}

class FileBlobWriter implements BlobWriter {
  readonly id: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #publish: () => Promise<void>;
  readonly #bytes: WriteBehind;
  #open = true;

  constructor(id: string, path: string, file: FileHandle, publish: () => Promise<void>) {
    this.id = id;
    this.#path = path;
    this.#file = file;
    this.#publish = publish;
    this.#bytes = new WriteBehind(file);
  }

  async write(chunk: Buffer): Promise<void> {
    try {
      await this.#bytes.write(chunk);
    } catch (error) {
      throw storageError(error);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.#bytes.finish();
      await this.#close();
      await this.#publish();
    } catch (error) {
      throw storageError(error);
    }
  }

  async abort(): Promise<void> {
    await this.#close().catch(() => undefined);
    await unlinkIfThere(this.#path);
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#bytes.settle();
    await this.#file.close();
  }
}

class FileBlobReader implements BlobReader {
  readonly size: number;
  readonly #file: FileHandle;
  #streaming = false;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  stream(range?: ByteRange): Readable {
    this.#streaming = true;
    return this.#file.createReadStream({ autoClose: true, highWaterMark: 256 * 1024, ...range });
  }

  async copyTo(target: Writable, range: ByteRange): Promise<void> {
    try {
      await copyFile(this.#file, target, range);
    } catch (error) {
      target.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#streaming) await this.#file.close().catch(() => undefined);
  }
}

/** A random UUID with eight bits fixed: 256 directories are soon all made, and making one durable costs as much as the blob. */
function newBlobId(): string {
  const id = randomUUID();
  return `${id.slice(0, 2)}00${id.slice(4)}`;
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errno(error) !== 'ENOENT') throw error;
  });
}

async function isOlder(path: string, than: Date): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts !== undefined && facts.mtimeMs <= than.getTime();
}

function errno(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function storageError(error: unknown): unknown {
  const full = ['ENOSPC', 'EDQUOT'].includes(errno(error) ?? '');
  return full
    ? new MalleeError('InvalidStorage.DiskFull', 'There is no room left for the object.', { cause: error })
    : error;
}
