import { randomUUID } from 'node:crypto';
import { link, mkdir, open, opendir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { replaceFile, SharedRun, syncDirectory } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import { AppendedFile } from './appended-file.js';
import type { BlobReader, BlobStore, BlobWriter, ByteRange } from './blob-store.js';
import { copyFile } from './copy-file.js';

const BLOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** So many new blobs go to one directory before the next is chosen: parallel writers share its syncs. */
const TURN = 1000;

/**
 * Blobs as files: `objects/ab/cd/UUID` below one directory, written in `tmp/` of the same file system and renamed when
 * complete. Data and name are synced at the same time: nobody knows the name before `commit` resolves, and then both are on the
 * disk. A crash before leaves a file that no row names; the janitor removes it.
 */
export class FileBlobStore implements BlobStore {
  readonly #objects: string;
  readonly #temporary: string;
  readonly markPlace: string;
  readonly #knownDirectories = new Set<string>();
  #prefix = '';
  #syncNames = new SharedRun(() => Promise.resolve());
  #left = 0;

  private constructor(directory: string) {
    this.#objects = join(directory, 'objects');
    this.#temporary = join(directory, 'tmp');
    this.markPlace = join(directory, 'store-mark');
  }

  static async open(directory: string): Promise<FileBlobStore> {
    const store = new FileBlobStore(directory);
    await mkdir(store.#objects, { recursive: true });
    await mkdir(store.#temporary, { recursive: true });
    await syncDirectory(directory);
    return store;
  }

  async create(): Promise<BlobWriter> {
    if (this.#left-- === 0) this.#turn();
    const id = `${this.#prefix}${randomUUID().slice(4)}`;
    const [path, published, syncNames] = [join(this.#temporary, id), this.#pathOf(id), this.#syncNames];
    const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
      throw storageError(error);
    });
    const publish = async (): Promise<void> => {
      await this.#prepare(dirname(published));
      await rename(path, published);
    };
    return new FileBlobWriter(id, file, { path, published, publish, syncNames: () => syncNames.run() });
  }

  /** One of 256 directories, which are soon all made: making one durable costs as much as the blob. */
  #turn(): void {
    const prefix = `${randomUUID().slice(0, 2)}00`;
    const directory = dirname(this.#pathOf(`${prefix}${randomUUID().slice(4)}`));
    this.#prefix = prefix;
    this.#syncNames = new SharedRun(() => syncDirectory(directory));
    this.#left = TURN - 1;
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
    for await (const path of filesBelow(this.#objects)) {
      const id = basename(path);
      if (BLOB_ID.test(id) && (await isOlder(path, olderThan))) yield id;
    }
  }

  async readMark(): Promise<string | undefined> {
    try {
      return (await readFile(this.markPlace, 'utf8')).trim();
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async writeMark(mark: string): Promise<void> {
    // By a link, which never replaces the mark of somebody who was faster.
    const temporary = join(this.#temporary, randomUUID());
    await replaceFile(temporary, `${mark}\n`);
    await link(temporary, this.markPlace).catch((error: unknown) => {
      if (errno(error) !== 'EEXIST') throw error;
    });
    await unlinkIfThere(temporary);
    await syncDirectory(dirname(this.markPlace));
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

/** Where a blob is while it is written, and how it gets to its name. */
interface Places {
  readonly path: string;
  readonly published: string;
  readonly publish: () => Promise<void>;
  /** Makes the names in the directory of `published` durable. */
  readonly syncNames: () => Promise<void>;
}

class FileBlobWriter implements BlobWriter {
  readonly id: string;
  readonly #file: FileHandle;
  readonly #places: Places;
  readonly #bytes: AppendedFile;
  #committed = false;
  #open = true;

  constructor(id: string, file: FileHandle, places: Places) {
    this.id = id;
    this.#file = file;
    this.#places = places;
    this.#bytes = new AppendedFile(file);
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
      await this.#bytes.drain();
      await this.#places.publish();
      await Promise.all([this.#file.datasync(), this.#places.syncNames()]);
    } catch (error) {
      throw storageError(error);
    }
    this.#committed = true;
    // All of it is on the disk: the close has nothing left to fail with.
    void this.#close().catch(() => undefined);
  }

  async abort(): Promise<void> {
    if (this.#committed) return;
    await this.#close().catch(() => undefined);
    await unlinkIfThere(this.#places.path);
    await unlinkIfThere(this.#places.published);
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

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errno(error) !== 'ENOENT') throw error;
  });
}

/** Not by `recursive` of `opendir`: in Node.js 20 that gives the first 32 entries of a directory only. */
async function* filesBelow(directory: string): AsyncGenerator<string> {
  for await (const entry of await opendir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
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
