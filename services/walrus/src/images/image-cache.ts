import { open, statfs } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Logger } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { CacheFiles, type CachedFile } from './cache-files.js';
import { Slots } from './slots.js';

export interface ImageCacheOptions {
  /** Used by this process alone. */
  readonly directory: string;
  readonly maxBytes: number;
  /** Bytes that must stay free on its disk. */
  readonly minFreeBytes: number;
  /** An image unused for so long is dropped: plain text is kept no longer than it is needed. */
  readonly idleMs: number;
  /** How long a request waits for a decryption that another one began. */
  readonly waitMs: number;
  readonly logger: Logger;
  readonly now?: () => number;
}

/** A decrypted image, held open: eviction waits, or takes the name only, until it is released. */
export interface ImageLease {
  readonly sha256: string;
  readonly size: number;
  /** `joined`: another request had begun the decryption. */
  readonly origin: 'hit' | 'miss' | 'joined';
  /** One stream; its end or destruction releases the lease. Both ends of the range count. */
  stream(range?: { readonly start: number; readonly end: number }): Readable;
  release(): Promise<void>;
}

interface Entry {
  readonly file: CachedFile;
  lastUsed: number;
  readers: number;
  doomed: boolean;
}

const DECRYPTIONS_AT_ONCE = 2;

/**
 * Decrypted images on disk, by the hash of their manifest: bounded, least recently used out first, one decryption per
 * image at a time, and never a file that was not verified to its last byte.
 */
export class ImageCache {
  readonly #options: ImageCacheOptions;
  readonly #files: CacheFiles;
  readonly #slots = new Slots(DECRYPTIONS_AT_ONCE);
  readonly #now: () => number;
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<Entry>>();
  #reserved = 0;
  #loaded: Promise<void> | undefined;

  constructor(options: ImageCacheOptions) {
    this.#options = options;
    this.#files = new CacheFiles(options.directory);
    this.#now = options.now ?? Date.now;
  }

  /** Takes over what an earlier run left; called by the first request if nobody did. */
  load(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  get bytes(): number {
    let sum = 0;
    for (const { file } of this.#entries.values()) sum += file.size;
    return sum;
  }

  /**
   * The image, from the cache or made by `source` (called at most once for requests at the same time).
   * Throws `Image.CacheFull`, `ServiceUnavailable` after the wait, and whatever the source fails with.
   */
  async lease(contentKey: string, size: number, source: () => Readable): Promise<ImageLease> {
    await this.load();
    for (;;) {
      const held = this.#entries.get(contentKey);
      if (held !== undefined) return this.#open(held, 'hit');
      const joined = this.#pending.has(contentKey);
      const entry = await this.#withDeadline(this.#pending.get(contentKey) ?? this.#begin(contentKey, size, source));
      // It may have been evicted between its publication and this line.
      if (this.#entries.get(contentKey) === entry) return this.#open(entry, joined ? 'joined' : 'miss');
    }
  }

  /** Drops an image; one that is being decrypted, when that is done. A reader keeps its open file. */
  async flush(contentKey: string): Promise<void> {
    await this.load();
    const entry = this.#entries.get(contentKey);
    if (entry !== undefined) await this.#drop(entry);
    this.#pending
      .get(contentKey)
      ?.then((made) => this.#drop(made))
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'nothing to flush'));
  }

  /** Resolves when every image that is in the cache now would survive a power cut. */
  async settled(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ file }) => file.settled));
  }

  /** Drops what nobody has used for the idle time. */
  async dropIdle(): Promise<void> {
    await this.load();
    const limit = this.#now() - this.#options.idleMs;
    const idle = [...this.#entries.values()].filter((entry) => entry.readers === 0 && entry.lastUsed < limit);
    for (const entry of idle) await this.#drop(entry);
  }

  async #load(): Promise<void> {
    for (const { file, lastUsed } of await this.#files.load()) {
      const older = this.#entries.get(file.contentKey);
      if (older !== undefined) await this.#drop(older);
      this.#entries.set(file.contentKey, { file, lastUsed, readers: 0, doomed: false });
    }
  }

  #begin(contentKey: string, size: number, source: () => Readable): Promise<Entry> {
    const work = this.#slots.run(() => this.#fill(contentKey, size, source));
    this.#pending.set(contentKey, work);
    const done = () => this.#pending.delete(contentKey);
    work.then(done, done);
    return work;
  }

  async #fill(contentKey: string, size: number, source: () => Readable): Promise<Entry> {
    await this.#reserve(size);
    try {
      const file = await this.#files.store(contentKey, size, source());
      const entry: Entry = { file, lastUsed: this.#now(), readers: 0, doomed: false };
      this.#entries.set(contentKey, entry);
      return entry;
    } finally {
      this.#reserved -= size;
    }
  }

  /** Room for `size` bytes before the first is written; evicts only if that will be enough. */
  async #reserve(size: number): Promise<void> {
    const { maxBytes } = this.#options;
    const excess = this.bytes + this.#reserved + size - maxBytes;
    const victims = this.#idleEntries(excess);
    if (victims === undefined) {
      throw new MalleeError(
        'Image.CacheFull',
        `an image of ${size} bytes does not fit: ${maxBytes} are allowed, the rest is in use`,
      );
    }
    this.#reserved += size;
    try {
      for (const victim of victims) await this.#drop(victim);
      await this.#requireDiskSpace(size);
    } catch (error) {
      this.#reserved -= size;
      throw error;
    }
  }

  async #requireDiskSpace(size: number): Promise<void> {
    for (;;) {
      const { bavail, bsize } = await statfs(this.#files.directory);
      const missing = size + this.#options.minFreeBytes - bavail * bsize;
      if (missing <= 0) return;
      const victims = this.#idleEntries(missing);
      if (victims === undefined) {
        throw new MalleeError(
          'Image.CacheFull',
          `the disk of the image cache lacks ${missing} bytes for an image of ${size}`,
        );
      }
      for (const victim of victims) await this.#drop(victim);
    }
  }

  /** The longest unused entries that free `bytes` together, or undefined if all together do not. */
  #idleEntries(bytes: number): Entry[] | undefined {
    const victims: Entry[] = [];
    let left = bytes;
    for (const entry of this.#entries.values()) {
      if (left <= 0) break;
      if (entry.readers > 0) continue;
      victims.push(entry);
      left -= entry.file.size;
    }
    return left <= 0 ? victims : undefined;
  }

  async #drop(entry: Entry): Promise<void> {
    if (this.#entries.get(entry.file.contentKey) === entry) this.#entries.delete(entry.file.contentKey);
    entry.doomed = true;
    // A reader that is still opening the file must find it; the last one to go removes it.
    if (entry.readers === 0) await this.#files.remove(entry.file);
  }

  /** Nothing may come between the look-up of the entry and the count of its readers, so that is the first thing here. */
  async #open(entry: Entry, origin: ImageLease['origin']): Promise<ImageLease> {
    entry.readers += 1;
    this.#markUsed(entry);
    let released = false;
    const leave = async () => {
      if (released) return;
      released = true;
      entry.readers -= 1;
      if (entry.doomed && entry.readers === 0) await this.#files.remove(entry.file);
    };
    try {
      const handle = await open(entry.file.path, 'r');
      const release = async () => {
        await handle.close();
        await leave();
      };
      return {
        sha256: entry.file.sha256,
        size: entry.file.size,
        origin,
        release,
        stream: (range) => this.#stream(handle, release, range),
      };
    } catch (error) {
      await leave();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') await this.#drop(entry);
      throw error;
    }
  }

  #stream(
    handle: Awaited<ReturnType<typeof open>>,
    release: () => Promise<void>,
    range: { readonly start: number; readonly end: number } | undefined,
  ): Readable {
    const stream = handle.createReadStream({ ...range, highWaterMark: 256 * 1024 });
    stream.once('close', () => {
      release().catch((error: unknown) => this.#options.logger.warn({ err: error }, 'cannot release a cached image'));
    });
    return stream;
  }

  #markUsed(entry: Entry): void {
    entry.lastUsed = this.#now();
    if (this.#entries.get(entry.file.contentKey) === entry) {
      this.#entries.delete(entry.file.contentKey);
      this.#entries.set(entry.file.contentKey, entry);
    }
    this.#files.touch(entry.file, new Date(entry.lastUsed)).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'cannot note the use of a cached image');
    });
  }

  async #withDeadline(work: Promise<Entry>): Promise<Entry> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      const late = () => reject(new MalleeError('ServiceUnavailable', 'the image is still being decrypted; ask again'));
      timer = setTimeout(late, this.#options.waitMs);
      timer.unref();
    });
    try {
      return await Promise.race([work, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }
}
