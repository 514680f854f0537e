import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { MalleeError } from '@mallee/errors';
import type { Caller, S3Context, S3Services } from '../s3/context.js';
import { checkKey } from '../s3/path.js';
import { route } from '../s3/router.js';

/** One operation of the REST interface, carried out on behalf of a SOAP request. */
export interface RestCall {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Buffer;
}

export interface RestReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Who asks, and through which request. */
export interface SoapCaller {
  readonly services: S3Services;
  readonly caller: Caller;
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
}

/** Largest answer that is put into a SOAP message, in bytes: 10 MiB of base64. */
export const MAX_INLINE_BYTES = 7_864_320;

/**
 * Runs an operation of the REST interface in this process: the same checks and the same effects. Rejects with its error, and with
 * `InlineDataTooLarge` when the answer does not fit.
 */
export async function callRest(who: SoapCaller, call: RestCall): Promise<RestReply> {
  const { services, caller, requestId } = who;
  const { body = Buffer.alloc(0) } = call;
  if (call.key !== undefined) checkKey(call.key);
  const given = { ...call.headers, 'content-length': String(body.length) };
  const headers = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]]])),
  );
  const query = new Map(
    Object.entries(call.query ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  const response = new CapturedResponse();
  const context: S3Context = {
    services,
    // The operations use these parts of a request and of a response, no others.
    request: requestOf(call.method, body, who.remoteAddress) as unknown as IncomingMessage,
    response: response as unknown as ServerResponse,
    headers,
    query,
    caller,
    payload: { kind: 'unsigned' },
    requestId,
    rawPath: ['', call.bucket, call.key].filter((part) => part !== undefined).join('/'),
  };
  await route(context, call.bucket, call.key).run();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(response.chunks) };
}

function requestOf(method: string, body: Buffer, remoteAddress: string | undefined): Readable {
  const chunks = body.length === 0 ? [] : [body];
  return Object.assign(Readable.from(chunks, { objectMode: false }), {
    method,
    url: '/',
    headers: {},
    socket: { remoteAddress },
    complete: true,
  });
}

class CapturedResponse extends Writable {
  statusCode = 200;
  headersSent = false;
  readonly headers: Record<string, string> = {};
  readonly chunks: Buffer[] = [];
  #bytes = 0;

  setHeader(name: string, value: number | string | readonly string[]): this {
    this.headers[name.toLowerCase()] = String(value);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.headers[name.toLowerCase()];
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    this.statusCode = status;
    this.headersSent = true;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value);
    return this;
  }

  writeContinue(): void {
    // Nobody waits: the body is here.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_INLINE_BYTES) {
      done(new MalleeError('InlineDataTooLarge', 'Inline data exceeds the maximum allowed size.'));
      return;
    }
    this.chunks.push(chunk);
    done();
  }
}
