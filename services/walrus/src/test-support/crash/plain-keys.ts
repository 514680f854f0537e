import type { CrashClient } from './client.js';
import { elements } from './client.js';
import { ABSENT, Expectations, md5, randomContent } from './expectation.js';

const PART_MINIMUM = 5 * 1024 * 1024;
const KEYS = 10;

/** An upload in parts of which every part was acknowledged and whose completion nobody has asked for. */
interface Pending {
  readonly key: string;
  readonly uploadId: string;
  readonly etags: readonly string[];
  readonly digest: string;
}

/** Random work of one client on keys of its own in a bucket without versions. */
export class PlainKeys {
  readonly #client: CrashClient;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #expected = new Expectations();
  readonly #pending: Pending[] = [];

  constructor(client: CrashClient, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async step(): Promise<void> {
    const dice = Math.random();
    if (dice < 0.45) await this.#put({});
    else if (dice < 0.55) await this.#put({ 'x-amz-server-side-encryption': 'AES256' });
    else if (dice < 0.68) await this.#delete();
    else if (dice < 0.82) await this.#copy();
    else if (dice < 0.96) await this.#get(this.#key());
    else await this.#multipart();
  }

  /** After a restart: everything acknowledged is there, whatever was left without an answer either happened or did not. */
  async verify(): Promise<void> {
    for (const pending of this.#pending.splice(0)) await this.#complete(pending);
    await this.#abortUploads();
    for (const key of this.#expected.keys()) await this.#get(key);
  }

  #key(): string {
    return `${this.#prefix}-${Math.floor(Math.random() * KEYS)}`;
  }

  #target(key: string): string {
    return `/${this.#bucket}/${key}`;
  }

  async #change(key: string, digest: string, ask: () => Promise<unknown>): Promise<boolean> {
    this.#expected.attempt(key, digest);
    const done = (await ask()) !== undefined;
    if (done) this.#expected.settle(key, digest);
    return done;
  }

  async #put(headers: Record<string, string>): Promise<void> {
    const key = this.#key();
    const { bytes: body, digest } = randomContent(Math.random() < 0.5 ? 8_000 : 300_000);
    const request = { method: 'PUT', target: this.#target(key), body, headers };
    await this.#change(key, digest, () => this.#client.ask('put', request));
  }

  async #delete(): Promise<void> {
    const key = this.#key();
    const request = { method: 'DELETE', target: this.#target(key) };
    await this.#change(key, ABSENT, () => this.#client.ask('delete', request));
  }

  async #copy(): Promise<void> {
    const [from, to] = [this.#key(), this.#key()];
    const digest = this.#expected.certain(from);
    if (from === to || digest === undefined || digest === ABSENT) return;
    const headers = { 'x-amz-copy-source': this.#target(from) };
    await this.#change(to, digest, async () => {
      const reply = await this.#client.ask('copy', { method: 'PUT', target: this.#target(to), headers });
      // The status comes before the copy is done; the document says how it ended.
      return reply?.body.includes('</CopyObjectResult>') === true ? reply : undefined;
    });
  }

  async #get(key: string): Promise<void> {
    const reply = await this.#client.ask('get', { target: this.#target(key) }, [404]);
    if (reply === undefined) return;
    const digest = reply.status === 404 ? ABSENT : md5(reply.body);
    this.#client.tally.checked++;
    if (!this.#expected.allows(key, digest)) {
      this.#client.tally.wrong.push(`${key} holds ${digest}, not ${this.#expected.describe(key)}`);
    }
    this.#expected.settle(key, digest);
  }

  async #multipart(): Promise<void> {
    const key = this.#key();
    const started = await this.#client.ask('create upload', {
      method: 'POST',
      target: `${this.#target(key)}?uploads=`,
    });
    const uploadId = started === undefined ? undefined : elements(started.body, 'UploadId')[0];
    if (uploadId === undefined) return;
    const first = randomContent(100_000).bytes;
    const parts = Math.random() < 0.5 ? [first] : [Buffer.alloc(PART_MINIMUM, first), randomContent(200_000).bytes];
    const etags: string[] = [];
    for (const [i, body] of parts.entries()) {
      const target = `${this.#target(key)}?partNumber=${i + 1}&uploadId=${uploadId}`;
      const reply = await this.#client.ask('part', { method: 'PUT', target, body });
      if (reply === undefined) return;
      etags.push(String(reply.headers.etag));
    }
    const pending = { key, uploadId, etags, digest: md5(Buffer.concat(parts)) };
    if (Math.random() < 0.3) this.#pending.push(pending);
    else if (Math.random() < 0.2) await this.#abort(key, uploadId);
    else await this.#complete(pending);
  }

  async #complete({ key, uploadId, etags, digest }: Pending): Promise<void> {
    const parts = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join('');
    const body = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
    const request = { method: 'POST', target: `${this.#target(key)}?uploadId=${uploadId}`, body };
    await this.#change(key, digest, async () => {
      const reply = await this.#client.ask('complete', request);
      return reply !== undefined && reply.body.includes('</CompleteMultipartUploadResult>') ? reply : undefined;
    });
  }

  async #abort(key: string, uploadId: string): Promise<void> {
    const target = `${this.#target(key)}?uploadId=${uploadId}`;
    await this.#client.ask('abort upload', { method: 'DELETE', target }, [404]);
  }

  /** Of those that ended without an answer. */
  async #abortUploads(): Promise<void> {
    const listing = await this.#client.ask('list uploads', {
      target: `/${this.#bucket}?prefix=${this.#prefix}-&uploads=`,
    });
    for (const upload of elements(listing?.body ?? Buffer.alloc(0), 'Upload')) {
      const document = Buffer.from(upload);
      await this.#abort(elements(document, 'Key')[0]!, elements(document, 'UploadId')[0]!);
    }
  }
}
