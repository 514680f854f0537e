import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { KeyedQueue } from '../instances/keyed-queue.js';
import type { ImageFile } from '../instances/record.js';
import { blobsToEvict, emptyIndex, readIndex, writeIndex, type CacheIndex } from './cache-index.js';
import { download } from './download.js';
import { checkImageUrl } from './image-url.js';
import type { ImageAnswer, ImageSource } from './walrus-images.js';

export interface ImageCacheOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly source: ImageSource;
  readonly urlPrefixes?: readonly string[];
  /** Digests that instances use now; they are never evicted. */
  readonly inUse: () => ReadonlySet<string>;
  readonly now?: () => number;
  /** Pauses between attempts, in milliseconds; one attempt more than there are pauses. */
  readonly retryPausesMs?: readonly number[];
  readonly onOutcome?: (outcome: 'hit' | 'fetched') => void;
}

/** A cached image that cannot be evicted until `release` is called. */
export interface PinnedImage extends ImageFile {
  readonly path: string;
  release(): void;
}

const RETRY_PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];

/**
 * Images by content: one file per digest, however many URLs lead to it. Every use asks the server whether the URL still
 * holds the same image, so a re-registered image is seen. Files appear by rename only, so a crash leaves none half done.
 */
export class ImageCache {
  private readonly options: ImageCacheOptions;
  private readonly byUrl = new KeyedQueue();
  private readonly changes = new KeyedQueue();
  private readonly pins = new Map<string, number>();
  /** Bytes of downloads under way count against the budget. */
  private reservedBytes = 0;
  private index: CacheIndex = emptyIndex();

  constructor(options: ImageCacheOptions) {
    this.options = options;
  }

  /** Reads the index and removes what an interrupted run left behind. */
  async open(): Promise<void> {
    await rm(this.incoming(), { recursive: true, force: true });
    await mkdir(this.incoming(), { recursive: true, mode: 0o711 });
    await mkdir(this.blobs(), { recursive: true, mode: 0o711 });
    const index = await readIndex(this.indexPath());
    const present: CacheIndex['blobs'] = {};
    for (const name of await readdir(this.blobs())) {
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const { size, mtimeMs } = await stat(this.path(name));
      present[name] = index.blobs[name]?.sizeBytes === size ? index.blobs[name] : { sizeBytes: size, usedAt: mtimeMs };
    }
    const urls = Object.fromEntries(
      Object.entries(index.urls).filter(([, { sha256 }]) => present[sha256] !== undefined),
    );
    this.index = { version: 1, urls, blobs: present };
  }

  /** Path of a cached image. */
  path(sha256: string): string {
    return join(this.blobs(), sha256);
  }

  has(image: ImageFile): boolean {
    return this.index.blobs[image.sha256]?.sizeBytes === image.sizeBytes;
  }

  usedBytes(): number {
    return Object.values(this.index.blobs).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /**
   * The image behind a URL, fetched if needed; several callers with one URL share one transfer.
   * @throws Node.ImageFetchFailed, Node.ImageCorrupt, Image.CacheFull, and Image.* as the image service says it
   */
  async fetch(address: string, signal: AbortSignal): Promise<PinnedImage> {
    const url = checkImageUrl(address, this.options.urlPrefixes ?? []);
    return await this.byUrl.run(url.href, () => this.fetchWithRetries(url, signal));
  }

  private async fetchWithRetries(url: URL, signal: AbortSignal): Promise<PinnedImage> {
    const pauses = this.options.retryPausesMs ?? RETRY_PAUSES_MS;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await this.fetchOnce(url, signal);
      } catch (error) {
        const pauseMs = pauses[attempt];
        if (pauseMs === undefined || !isTransient(error)) throw error;
        await pause(pauseMs, undefined, { signal });
      }
    }
  }

  private async fetchOnce(url: URL, signal: AbortSignal): Promise<PinnedImage> {
    const known = this.index.urls[url.href];
    // The pin holds what we know while we ask whether it is still right.
    const pinned = known === undefined ? undefined : this.pin(known.sha256);
    let keep = false;
    try {
      const answer = await this.options.source.open(url, known?.etag === undefined ? {} : { etag: known.etag }, signal);
      const cached = cachedDigest(answer, known);
      if (cached !== undefined && this.index.blobs[cached] !== undefined) {
        answer.body.destroy();
        this.options.onOutcome?.('hit');
        if (pinned !== undefined && cached === known?.sha256) {
          const image = await this.use(url, cached, answer.etag ?? known.etag, pinned);
          keep = true;
          return image;
        }
        return await this.use(url, cached, answer.etag, this.pin(cached));
      }
      if (!answer.modified)
        throw new MalleeError('Node.ImageFetchFailed', `${url.href} answered 304 without being asked`);
      this.options.onOutcome?.('fetched');
      return await this.store(url, answer, signal);
    } finally {
      if (!keep) pinned?.();
    }
  }

  private async store(url: URL, answer: ImageAnswer, signal: AbortSignal): Promise<PinnedImage> {
    const announced = answer.sizeBytes ?? 0;
    const temporary = join(this.incoming(), randomUUID());
    try {
      await this.makeRoom(announced);
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
    try {
      const { sha256, sizeBytes } = await download(
        answer,
        temporary,
        answer.sizeBytes ?? this.options.maxBytes,
        signal,
      );
      const release = this.pin(sha256);
      try {
        await rename(temporary, this.path(sha256));
        this.index.blobs[sha256] = { sizeBytes, usedAt: this.now() };
        return await this.use(url, sha256, answer.etag, release);
      } catch (error) {
        release();
        throw error;
      }
    } finally {
      this.reservedBytes -= announced;
      await rm(temporary, { force: true });
    }
  }

  private async use(url: URL, sha256: string, etag: string | undefined, release: () => void): Promise<PinnedImage> {
    const blob = this.index.blobs[sha256];
    if (blob === undefined)
      throw new MalleeError('InternalError', `image ${sha256} left the cache while it was pinned`);
    blob.usedAt = this.now();
    this.index.urls[url.href] = { sha256, ...(etag === undefined ? {} : { etag }) };
    await this.save();
    return { sha256, sizeBytes: blob.sizeBytes, path: this.path(sha256), release };
  }

  /** Reserves room for a download, evicting what nobody uses. */
  private async makeRoom(bytes: number): Promise<void> {
    await this.changes.run('room', async () => {
      const inUse = new Set([...this.options.inUse(), ...this.pins.keys()]);
      const evicted = blobsToEvict(this.index.blobs, inUse, this.reservedBytes + bytes, this.options.maxBytes);
      if (evicted === undefined) {
        const message = `${bytes} bytes do not fit into the image cache of ${this.options.maxBytes} bytes`;
        throw new MalleeError('Image.CacheFull', `${message}; everything in it is in use`);
      }
      this.reservedBytes += bytes;
      for (const sha256 of evicted) {
        delete this.index.blobs[sha256];
        await rm(this.path(sha256), { force: true });
      }
    });
  }

  private async save(): Promise<void> {
    await this.changes.run('index', () => writeIndex(this.indexPath(), this.index));
  }

  private pin(sha256: string): () => void {
    this.pins.set(sha256, (this.pins.get(sha256) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.pins.get(sha256) ?? 1) - 1;
      if (left > 0) this.pins.set(sha256, left);
      else this.pins.delete(sha256);
    };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private blobs(): string {
    return join(this.options.directory, 'blobs');
  }

  private incoming(): string {
    return join(this.options.directory, 'incoming');
  }

  private indexPath(): string {
    return join(this.options.directory, 'index.json');
  }
}

/** Digest of a cached image that the answer says is the right one. */
function cachedDigest(answer: ImageAnswer, known: CacheIndex['urls'][string] | undefined): string | undefined {
  if (!answer.modified) return known?.sha256;
  if (answer.sha256 !== undefined) return answer.sha256;
  return known?.etag !== undefined && answer.etag === known.etag ? known.sha256 : undefined;
}

function isTransient(error: unknown): boolean {
  return isMalleeError(error) && error.details['transient'] === true;
}
