import { MalleeError } from '@mallee/errors';
import type { BlobWriter } from './blob-store.js';
import type { S3Requests } from './s3-requests.js';

/** Held in memory before it is sent; also the size of a part. At most 10,000 parts: blobs up to 78 GiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** Collects up to one part; a blob that is larger becomes an upload in parts. */
export class S3BlobWriter implements BlobWriter {
  readonly id: string;
  readonly #key: string;
  readonly #requests: S3Requests;
  readonly #etags: string[] = [];
  #chunks: Buffer[] = [];
  #held = 0;
  #uploadId: string | undefined;

  constructor(id: string, key: string, requests: S3Requests) {
    this.id = id;
    this.#key = key;
    this.#requests = requests;
  }

  async write(chunk: Buffer): Promise<void> {
    // The caller may use its buffer again.
    for (let at = 0; at < chunk.length;) {
      const piece = Buffer.from(chunk.subarray(at, at + PART_BYTES - this.#held));
      this.#chunks.push(piece);
      this.#held += piece.length;
      at += piece.length;
      if (this.#held === PART_BYTES) await this.#sendPart();
    }
  }

  async commit(): Promise<void> {
    if (this.#uploadId === undefined) {
      await this.#expect({ method: 'PUT', key: this.#key, body: this.#take() });
      return;
    }
    if (this.#held > 0) await this.#sendPart();
    const parts = this.#etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const query = { uploadId: this.#uploadId };
    const { text } = await this.#expect({ method: 'POST', key: this.#key, query, body });
    // The status comes before the work is done.
    if (!text.includes('CompleteMultipartUploadResult')) throw refused('did not put the parts together');
    this.#uploadId = undefined;
  }

  async abort(): Promise<void> {
    this.#chunks = [];
    this.#held = 0;
    const uploadId = this.#uploadId;
    this.#uploadId = undefined;
    // What stays is found by `removeAbandonedWrites`.
    if (uploadId !== undefined) {
      await this.#requests
        .sendForText({ method: 'DELETE', key: this.#key, query: { uploadId } })
        .catch(() => undefined);
    }
  }

  async #sendPart(): Promise<void> {
    this.#uploadId ??= await this.#start();
    const query = { partNumber: String(this.#etags.length + 1), uploadId: this.#uploadId };
    const { etag } = await this.#expect({ method: 'PUT', key: this.#key, query, body: this.#take() });
    this.#etags.push(etag);
  }

  async #start(): Promise<string> {
    const { text } = await this.#expect({ method: 'POST', key: this.#key, query: { uploads: '' } });
    const uploadId = /<UploadId>([\w.~+/=-]+)<\/UploadId>/.exec(text)?.[1];
    if (uploadId === undefined) throw refused('gave no upload id');
    return uploadId;
  }

  #take(): Buffer {
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#held = 0;
    return body;
  }

  /** Here a 404 means that the bucket or the upload has gone. */
  async #expect(request: Parameters<S3Requests['sendForText']>[0]): ReturnType<S3Requests['sendForText']> {
    const reply = await this.#requests.sendForText(request);
    if (reply.status === 404) throw refused('has no such bucket or upload');
    return reply;
  }
}

function refused(what: string): MalleeError {
  return new MalleeError('ServiceUnavailable', `the store behind Walrus ${what}`);
}
