import { randomUUID } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { isMalleeError, MalleeError } from '@mallee/errors';
import type { BlobReader, BlobStore, BlobWriter, ByteRange } from './blob-store.js';
import { S3BlobWriter } from './s3-blob-writer.js';
import { S3Requests, type S3Place, type S3Request } from './s3-requests.js';

const PREFIX = 'objects/';
const MARK = 'store-mark';
const BLOB_KEY = /^objects\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Blobs as objects `objects/UUID` of one bucket of an S3-compatible store. Small ones go in one request, larger ones in parts. The store
 * acknowledges only what is durable and shows what it has acknowledged at once (as S3 itself and Ceph do). Ages are
 * judged by the dates of the store and the clock of this machine: they should agree to within the grace period of the janitor.
 */
export class S3BlobStore implements BlobStore {
  readonly markPlace: string;
  readonly #requests: S3Requests;

  private constructor(requests: S3Requests, { endpoint, bucket }: S3Place) {
    this.#requests = requests;
    this.markPlace = `${endpoint}/${bucket}/${MARK}`;
  }

  /** Makes the bucket if there is none. Throws `Configuration.Invalid` when the store refuses, `ServiceUnavailable` when it is away. */
  static async open(place: S3Place): Promise<S3BlobStore> {
    const requests = new S3Requests(place);
    try {
      await openBucket(requests, place);
    } catch (error) {
      requests.close();
      throw error;
    }
    return new S3BlobStore(requests, place);
  }

  close(): void {
    this.#requests.close();
  }

  create(): Promise<BlobWriter> {
    const id = randomUUID();
    return Promise.resolve(new S3BlobWriter(id, `${PREFIX}${id}`, this.#requests));
  }

  async open(id: string): Promise<BlobReader | undefined> {
    const key = keyOf(id);
    const reply = await this.#requests.send({ method: 'HEAD', key });
    reply.resume();
    if (reply.statusCode === 404) return undefined;
    return new S3BlobReader(this.#requests, key, Number(reply.headers['content-length']));
  }

  async remove(id: string): Promise<void> {
    await this.#requests.sendForText({ method: 'DELETE', key: keyOf(id) });
  }

  async *list(olderThan: Date): AsyncIterable<string> {
    for (let token: string | undefined; ;) {
      const query = {
        'list-type': '2',
        prefix: PREFIX,
        ...(token === undefined ? {} : { 'continuation-token': token }),
      };
      const { text } = await this.#requests.sendForText({ method: 'GET', query });
      for (const entry of elements(text, 'Contents')) {
        const id = BLOB_KEY.exec(elements(entry, 'Key')[0] ?? '')?.[1];
        const modified = Date.parse(elements(entry, 'LastModified')[0] ?? '');
        if (id !== undefined && modified <= olderThan.getTime()) yield id;
      }
      token = plain(elements(text, 'NextContinuationToken')[0]);
      if (elements(text, 'IsTruncated')[0] !== 'true' || token === undefined) return;
    }
  }

  /** When an upload last got a part, in ms; 0 when it never did. */
  async #lastPartAt(key: string, uploadId: string): Promise<number> {
    let last = 0;
    for (let marker = '0'; ;) {
      const query = { uploadId, 'part-number-marker': marker };
      const { status, text } = await this.#requests.sendForText({ method: 'GET', key, query });
      if (status === 404) return last;
      for (const part of elements(text, 'Part')) {
        last = Math.max(last, Date.parse(elements(part, 'LastModified')[0] ?? '') || 0);
      }
      const next = elements(text, 'NextPartNumberMarker')[0];
      if (elements(text, 'IsTruncated')[0] !== 'true' || next === undefined || next === marker) return last;
      marker = next;
    }
  }

  async readMark(): Promise<string | undefined> {
    const { status, text } = await this.#requests.sendForText({ method: 'GET', key: MARK });
    return status === 404 ? undefined : text.trim();
  }

  async writeMark(mark: string): Promise<void> {
    await this.#requests.sendForText({ method: 'PUT', key: MARK, body: Buffer.from(`${mark}\n`) });
  }

  /** Uploads in parts that got none for so long. */
  async removeAbandonedWrites(olderThan: Date): Promise<number> {
    let removed = 0;
    for (let markers: Record<string, string> = {}; ;) {
      const query = { uploads: '', prefix: PREFIX, ...markers };
      const { text } = await this.#requests.sendForText({ method: 'GET', query });
      for (const entry of elements(text, 'Upload')) {
        const [key, uploadId] = [elements(entry, 'Key')[0] ?? '', plain(elements(entry, 'UploadId')[0]) ?? ''];
        const initiated = Date.parse(elements(entry, 'Initiated')[0] ?? '');
        if (!BLOB_KEY.test(key) || !(initiated <= olderThan.getTime())) continue;
        // A large blob of a slow client may have been begun long ago and still grow.
        if ((await this.#lastPartAt(key, uploadId)) > olderThan.getTime()) continue;
        await this.#requests.sendForText({ method: 'DELETE', key, query: { uploadId } });
        removed++;
      }
      if (elements(text, 'IsTruncated')[0] !== 'true') return removed;
      markers = {
        'key-marker': elements(text, 'NextKeyMarker')[0] ?? '',
        'upload-id-marker': plain(elements(text, 'NextUploadIdMarker')[0]) ?? '',
      };
    }
  }
}

/** Lists instead of asking for the bucket alone: only an answer with a body says what is wrong. */
async function openBucket(requests: S3Requests, { endpoint, bucket, accessKeyId }: S3Place): Promise<void> {
  const step = async (what: string, request: S3Request): Promise<number> => {
    const { status } = await requests.sendForText(request).catch((cause: unknown) => {
      const refusal = isMalleeError(cause) ? cause.details : {};
      const status = Number(refusal['status'] ?? 500);
      const message = `storage: ${what} "${bucket}" at ${endpoint} with access key ${accessKeyId}`;
      if (status < 500) {
        const reason = `the store refuses: ${status} ${String(refusal['code'])}`;
        throw new MalleeError('Configuration.Invalid', `${message}: ${reason}`, { cause });
      }
      throw new MalleeError('ServiceUnavailable', `${message}: ${(cause as Error).message}`, { cause });
    });
    return status;
  };
  const found = await step('cannot open bucket', { method: 'GET', query: { 'list-type': '2', 'max-keys': '1' } });
  if (found === 404) await step('there is no bucket, and cannot make bucket', { method: 'PUT' });
}

/** Nothing is held open in the store: a reader that starts after the blob was removed fails, one that streams goes on. */
class S3BlobReader implements BlobReader {
  readonly size: number;
  readonly #requests: S3Requests;
  readonly #key: string;

  constructor(requests: S3Requests, key: string, size: number) {
    this.#requests = requests;
    this.#key = key;
    this.size = size;
  }

  stream(range?: ByteRange): Readable {
    const output = new PassThrough({ highWaterMark: 256 * 1024 });
    if (this.size === 0) return output.end();
    this.#pour(output, range).catch((error: unknown) => output.destroy(error as Error));
    return output;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #pour(output: PassThrough, range: ByteRange | undefined): Promise<void> {
    const headers: Record<string, string> = {};
    if (range !== undefined) headers['range'] = `bytes=${range.start}-${Math.min(range.end, this.size - 1)}`;
    const reply = await this.#requests.send({ method: 'GET', key: this.#key, headers });
    const status = reply.statusCode;
    if (status !== (range === undefined ? 200 : 206)) {
      reply.destroy();
      throw new MalleeError(
        'ServiceUnavailable',
        `the store behind Walrus answers ${status} for a blob that was there`,
      );
    }
    if (output.destroyed) reply.destroy();
    output.once('close', () => reply.destroy());
    // A connection that breaks off must not look like the end.
    reply.once('aborted', () => output.destroy(new Error('the store behind Walrus broke off')));
    reply.once('error', (error) => output.destroy(error));
    reply.pipe(output);
  }
}

function keyOf(id: string): string {
  const key = `${PREFIX}${id}`;
  if (!BLOB_KEY.test(key)) throw new MalleeError('InternalError', `"${id}" is not a blob id`);
  return key;
}

function elements(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(([, inner]) => inner!);
}

/** Ids and tokens are opaque and may hold an escaped character. */
function plain(text: string | undefined): string | undefined {
  return text?.replace(/&(quot|apos|lt|gt|amp|#\d+|#x[0-9a-fA-F]+);/g, (_, name: string) => character(name));
}

function character(name: string): string {
  const named: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
  const code = name.startsWith('#x') ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return named[name] ?? String.fromCodePoint(Math.min(code, 0x10ffff));
}
