import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { encodeComponent, signV4 } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';

/** A bucket of an S3-compatible store and the key to it. */
export interface S3Place {
  /** `http://HOST:PORT` or `https://HOST`, without a path. Buckets are addressed by path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Left out: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** The store closed a connection while it was idle: that says nothing of the request, which is sent again once. */
class StaleConnection extends Error {}

const IDLE_MS = 60_000;
const ERROR_BYTES = 64 * 1024;

/** Requests to one bucket, signed by V4, over connections that are kept. */
export class S3Requests {
  readonly #place: S3Place;
  readonly #url: URL;
  readonly #agent: HttpAgent;

  constructor(place: S3Place) {
    this.#place = place;
    this.#url = new URL(place.endpoint);
    const options = { keepAlive: true, maxSockets: 64 };
    this.#agent = this.#url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * The answer, whose body the caller must read or destroy; a 404 is an answer, too. Throws `InvalidStorage.DiskFull` when the store
   * says that it is full, and `ServiceUnavailable` for every other failure.
   */
  async send(request: S3Request): Promise<IncomingMessage> {
    const reply = await this.#exchange(request)
      .catch((cause: unknown) => {
        if (!(cause instanceof StaleConnection)) throw cause;
        return this.#exchange(request);
      })
      .catch((cause: unknown) => {
        throw unavailable(`the store behind Walrus does not answer: ${String(cause)}`, { cause });
      });
    const status = reply.statusCode ?? 0;
    if (status < 300 || status === 404) return reply;
    const text = await readText(reply, ERROR_BYTES);
    const code = /<Code>([\w.]{1,100})<\/Code>/.exec(text)?.[1] ?? '';
    if (status === 507 || code === 'QuotaExceeded') {
      throw new MalleeError('InvalidStorage.DiskFull', 'There is no room left for the object.');
    }
    throw unavailable(`${request.method} to the store behind Walrus: ${status} ${code}`, { details: { status, code } });
  }

  /** The text of the answer, at most a few MB. */
  async sendForText(
    request: S3Request,
  ): Promise<{ readonly status: number; readonly text: string; readonly etag: string }> {
    const reply = await this.send(request);
    const text = await readText(reply, 4 * 1024 * 1024);
    return { status: reply.statusCode ?? 0, text, etag: reply.headers.etag ?? '' };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #exchange({ method, key, query = {}, headers: given = {}, body }: S3Request): Promise<IncomingMessage> {
    const { bucket, accessKeyId, secretAccessKey: secretKey, region } = this.#place;
    const rawPath = `/${bucket}${key === undefined ? '' : `/${key}`}`;
    const rawQuery = Object.entries(query)
      .map(([name, value]) => `${encodeComponent(name)}=${encodeComponent(value)}`)
      .join('&');
    const headers = { host: this.#url.host, ...given };
    const signing = { method, rawPath, rawQuery, headers, region, service: 's3', payloadHash: 'UNSIGNED-PAYLOAD' };
    const added = signV4(signing, { accessKeyId, secretKey }, new Date());
    const length: Record<string, string> =
      method === 'PUT' || method === 'POST' ? { 'content-length': String(body?.length ?? 0) } : {};
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    return await new Promise((resolve, reject) => {
      const outgoing: ClientRequest = send(
        new URL(`${rawPath}${rawQuery === '' ? '' : `?${rawQuery}`}`, this.#url),
        { method, headers: { ...headers, ...added, ...length }, agent: this.#agent },
        resolve,
      );
      outgoing.setTimeout(IDLE_MS, () => outgoing.destroy(new Error(`no answer within ${IDLE_MS} ms`)));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE';
        reject(outgoing.reusedSocket && closed ? new StaleConnection(String(error)) : error);
      });
      outgoing.end(body);
    });
  }
}

async function readText(reply: IncomingMessage, maximum: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maximum) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
  } catch (cause) {
    throw unavailable(`the answer of the store behind Walrus broke off: ${String(cause)}`, { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unavailable(message: string, more: { cause?: unknown; details?: Record<string, unknown> }): MalleeError {
  return new MalleeError('ServiceUnavailable', message, more);
}
