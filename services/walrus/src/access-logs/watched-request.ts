import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerValue, type SignedRequest } from '@mallee/aws-signatures';
import type { LogRecord } from './log-line.js';
import { operationName } from './operation-name.js';

export interface RequestToWatch {
  readonly signed: SignedRequest;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly bucket: string;
  readonly key: string | undefined;
}

/** One request to a bucket that is logged: gathers what is learnt of it, and is told to `done` when its answer has gone out. */
export class WatchedRequest {
  readonly #from: RequestToWatch;
  readonly #started = Date.now();
  #received: number | undefined;
  #answering: number | undefined;
  #requester: string | undefined;
  #errorCode: string | undefined;

  constructor(from: RequestToWatch, done: (record: Omit<LogRecord, 'bucketOwner'>) => void) {
    this.#from = from;
    const { request, response } = from;
    request.once('end', () => (this.#received = Date.now()));
    response.once('close', () => done(this.#record()));
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    response.writeHead = (...args: unknown[]): ServerResponse => {
      this.#answering ??= Date.now();
      return writeHead(...args);
    };
  }

  /** Who it is from, by canonical id. */
  identified(canonicalId: string | undefined): void {
    this.#requester = canonicalId;
  }

  failed(code: string): void {
    this.#errorCode = code;
  }

  #record(): Omit<LogRecord, 'bucketOwner'> {
    const { signed, request, response, requestId, bucket, key } = this.#from;
    const { method = 'GET' } = request;
    const { rawQuery, headers } = signed;
    const isCopy = method === 'PUT' && headers['x-amz-copy-source'] !== undefined;
    const operation = operationName({ method, rawQuery, hasKey: key !== undefined, isCopy });
    const withData = this.#errorCode === undefined && /\.(OBJECT|PART)$/.test(operation);
    const ended = Date.now();
    const cut = !response.writableFinished;
    return {
      bucket,
      key,
      requestId,
      at: new Date(this.#started),
      remoteAddress: request.socket.remoteAddress?.replace(/^::ffff:/, ''),
      requester: this.#requester,
      operation,
      requestLine: `${method} ${request.url ?? '/'} HTTP/${request.httpVersion}`,
      status: response.statusCode,
      errorCode: this.#errorCode,
      bytesSent: cut ? undefined : bytesOf(method, response),
      objectSize: withData ? sizeOf(method, response, headers) : undefined,
      totalMs: ended - this.#started,
      turnAroundMs: (this.#answering ?? ended) - (this.#received ?? this.#started),
      referer: headerValue(headers, 'referer'),
      userAgent: headerValue(headers, 'user-agent'),
      versionId: /(?:^|&)versionId=([^&]*)/.exec(rawQuery)?.[1],
      ...authenticationOf(signed),
      host: headerValue(headers, 'host'),
      ...tlsOf(request),
    };
  }
}

function lengthOf(value: unknown): number | undefined {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) : undefined;
}

/** Of the body; `-` for none, as S3 has it. */
function bytesOf(method: string, response: ServerResponse): number | undefined {
  return method === 'HEAD' ? undefined : lengthOf(response.getHeader('content-length')) || undefined;
}

function sizeOf(method: string, response: ServerResponse, headers: SignedRequest['headers']): number | undefined {
  if (method === 'PUT') {
    return lengthOf(headerValue(headers, 'x-amz-decoded-content-length') ?? headerValue(headers, 'content-length'));
  }
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const whole = /\/(\d+)$/.exec(String(response.getHeader('content-range') ?? ''))?.[1];
  return lengthOf(whole ?? response.getHeader('content-length'));
}

function authenticationOf({ rawQuery, headers }: SignedRequest): Pick<LogRecord, 'signatureVersion' | 'authType'> {
  const header = headerValue(headers, 'authorization');
  if (header !== undefined) {
    return { signatureVersion: header.startsWith('AWS4') ? 'SigV4' : 'SigV2', authType: 'AuthHeader' };
  }
  if (/(?:^|&)X-Amz-Signature=/i.test(rawQuery)) return { signatureVersion: 'SigV4', authType: 'QueryString' };
  return /(?:^|&)Signature=/.test(rawQuery) ? { signatureVersion: 'SigV2', authType: 'QueryString' } : {};
}

function tlsOf({ socket }: IncomingMessage): Pick<LogRecord, 'tlsVersion' | 'cipherSuite'> {
  const secure = socket as { getProtocol?(): string | null; getCipher?(): { name: string } | undefined };
  return { tlsVersion: secure.getProtocol?.() ?? undefined, cipherSuite: secure.getCipher?.()?.name };
}
