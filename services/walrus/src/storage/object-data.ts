import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Queryable } from '@mallee/database';
import type { BlobReader, BlobStore, ByteRange } from './blob-store.js';
import { blobCipher } from './encryption.js';
import { findVersion, piecesOf, type Piece, type StoredObject } from './objects.js';

/** The bytes of an object, held open until they are streamed or closed. */
export interface ObjectData {
  readonly pieces: readonly Piece[];
  /** One stream over the object (or a range of it), decrypted when `dataKey` is given; ending it closes the data. */
  stream(dataKey: Buffer | undefined, range?: ByteRange): Readable;
  /** Sends all of it (or a range) and ends `target`; a failure destroys `target`. */
  sendTo(target: Writable, dataKey: Buffer | undefined, range?: ByteRange): Promise<void>;
  close(): Promise<void>;
}

export interface OpenedVersion {
  readonly object: StoredObject;
  readonly data: ObjectData;
}

/**
 * The row of an object (the version named, or the newest, which may be a delete marker) together with its open data. Between
 * reading the row and opening the blob the object may be replaced and the old blob removed; then the new row is read.
 */
export async function openVersion(
  db: Queryable,
  blobs: BlobStore,
  bucket: string,
  key: string,
  versionId?: string,
): Promise<OpenedVersion | undefined> {
  let missing: string | undefined;
  for (;;) {
    const object = await findVersion(db, bucket, key, versionId);
    if (object === undefined) return undefined;
    const pieces = await piecesOf(db, object);
    const first = pieces[0];
    if (first === undefined) {
      const vanished = !object.deleteMarker && missing !== `${object.rank}`;
      if (!vanished) return { object, data: new BlobData(blobs, pieces, undefined) };
      missing = `${object.rank}`;
      continue;
    }
    const blob = await blobs.open(first.blobId);
    if (blob !== undefined) return { object, data: new BlobData(blobs, pieces, blob) };
    if (missing === first.blobId) throw new Error(`blob ${first.blobId} of ${bucket}/${key} is missing`);
    missing = first.blobId;
  }
}

class BlobData implements ObjectData {
  readonly pieces: readonly Piece[];
  readonly #blobs: BlobStore;
  #first: BlobReader | undefined;

  constructor(blobs: BlobStore, pieces: readonly Piece[], first: BlobReader | undefined) {
    this.#blobs = blobs;
    this.pieces = pieces;
    this.#first = first;
  }

  stream(dataKey: Buffer | undefined, range?: ByteRange): Readable {
    const first = this.#first;
    // The plain case goes from the file to the socket with nothing in between.
    if (this.pieces.length === 1 && dataKey === undefined && first !== undefined) return first.stream(range);
    const slices = slicesOf(this.pieces, range);
    return Readable.from(this.#read(slices, dataKey), { objectMode: false });
  }

  async sendTo(target: Writable, dataKey: Buffer | undefined, range?: ByteRange): Promise<void> {
    const first = this.#first;
    if (this.pieces.length === 1 && dataKey === undefined && first?.copyTo !== undefined)
      await first.copyTo(target, range ?? { start: 0, end: first.size - 1 });
    else await pipeline(this.stream(dataKey, range), target);
  }

  async close(): Promise<void> {
    await this.#first?.close();
  }

  async *#read(slices: readonly Slice[], dataKey: Buffer | undefined): AsyncGenerator<Buffer> {
    try {
      for (const { piece, start, end } of slices) {
        const blob = await this.#open(piece);
        const cipher = dataKey === undefined ? undefined : blobCipher(dataKey, piece.blobId, start);
        for await (const chunk of blob.stream({ start, end }) as AsyncIterable<Buffer>) {
          yield cipher === undefined ? chunk : cipher.update(chunk);
        }
      }
    } finally {
      await this.close();
    }
  }

  async #open(piece: Piece): Promise<BlobReader> {
    const held = piece === this.pieces[0] ? this.#first : undefined;
    if (held !== undefined) return held;
    const blob = await this.#blobs.open(piece.blobId);
    if (blob === undefined) throw new Error(`blob ${piece.blobId} has been removed while it was read`);
    return blob;
  }
}

interface Slice {
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
}

/** Which bytes of which pieces a range of the whole is. */
export function slicesOf(pieces: readonly Piece[], range: ByteRange | undefined): Slice[] {
  const slices: Slice[] = [];
  let at = 0;
  for (const piece of pieces) {
    const start = Math.max((range?.start ?? 0) - at, 0);
    const end = Math.min((range?.end ?? Infinity) - at, piece.size - 1);
    if (start <= end) slices.push({ piece, start, end });
    at += piece.size;
  }
  return slices;
}
