import type { Readable, Writable } from 'node:stream';

/** Both ends count, as in an HTTP Range header: `{ start: 0, end: 9 }` is ten bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A blob while it is being written; nothing of it is visible before `commit`. */
export interface BlobWriter {
  readonly id: string;
  /** Resolves when the bytes may change and the store can take more; one call at a time. Rejects with `InvalidStorage.DiskFull` when there is no room. */
  write(chunk: Buffer): Promise<void>;
  /** Makes the blob durable: after this resolves it survives a power cut. */
  commit(): Promise<void>;
  /** Drops what was written; harmless after `commit` or a second time. */
  abort(): Promise<void>;
}

/** An open blob: stays readable until `close`, even when the blob is removed meanwhile. */
export interface BlobReader {
  readonly size: number;
  /** One stream over the blob (or a part of it); ending or destroying it closes the reader. */
  stream(range?: ByteRange): Readable;
  /** The same as a pipeline from `stream` to `target`, where the store has a faster way. */
  copyTo?(target: Writable, range: ByteRange): Promise<void>;
  close(): Promise<void>;
}

/**
 * Where the bytes of objects live: immutable blobs named by UUID. It knows nothing of buckets and keys; which blob belongs
 * to which object is in Postgres. A blob is written once and never changed.
 */
export interface BlobStore {
  create(): Promise<BlobWriter>;
  /** Undefined when there is no such blob. */
  open(id: string): Promise<BlobReader | undefined>;
  /** Harmless when the blob is gone already. */
  remove(id: string): Promise<void>;
  /** Every committed blob that is older than `olderThan`. */
  list(olderThan: Date): AsyncIterable<string>;
  /** Where the mark is, for people: a path or URL. */
  readonly markPlace: string;
  /** What says which database the store belongs to; undefined when it has no mark. */
  readMark(): Promise<string | undefined>;
  /** Makes it durable; a mark that is there already may stay. */
  writeMark(mark: string): Promise<void>;
  /** Removes what aborted writers and a killed process left behind; returns how many files went. */
  removeAbandonedWrites(olderThan: Date): Promise<number>;
}
