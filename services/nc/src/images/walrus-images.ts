import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { isErrorCode, MalleeError } from '@mallee/errors';
import { signEuca2Rest } from '@mallee/aws-signatures';
import { correlationHeader, currentCorrelationId } from '@mallee/daemon';

/** Header by which Walrus tells the digest of the decrypted image. */
export const IMAGE_DIGEST_HEADER = 'x-mallee-image-sha256';

const FIRST_BYTE_TIMEOUT_MS = 600_000;
const IDLE_TIMEOUT_MS = 60_000;
const SHOWN_CHARACTERS = 300;

export interface NodeIdentity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** The answer to a request for an image. */
export interface ImageAnswer {
  /** False: the image is still the one of the entity tag that was sent; there is no body. */
  readonly modified: boolean;
  readonly etag: string | undefined;
  /** Declared by the server; undefined when it does not say. */
  readonly sizeBytes: number | undefined;
  readonly sha256: string | undefined;
  readonly body: Readable;
}

export interface ImageSource {
  /**
   * @throws Node.ImageFetchFailed, `details.transient` is true when trying again may help; `Image.*` when the image service
   *   refused the image itself
   */
  open(url: URL, known: { etag?: string }, signal: AbortSignal): Promise<ImageAnswer>;
}

/** Decrypted images from Walrus: GET with `EucaOperation: GetDecryptedImage`, signed with the node key (EUCA2-RSA-SHA256). */
export class WalrusImages implements ImageSource {
  private readonly identity: () => NodeIdentity;
  private readonly now: () => Date;

  /** A function is asked for each request: the node may get a new key while it runs. */
  constructor(identity: NodeIdentity | (() => NodeIdentity), now: () => Date = () => new Date()) {
    this.identity = typeof identity === 'function' ? identity : () => identity;
    this.now = now;
  }

  async open(url: URL, known: { etag?: string }, signal: AbortSignal): Promise<ImageAnswer> {
    const response = await this.send(url, known, signal);
    const status = response.statusCode ?? 0;
    if (status === 200 || status === 304) return answerOf(response, status === 200);
    const { code, text } = await shortText(response);
    const message = `${url.href} answered ${status}${text === '' ? '' : `: ${text}`}`;
    // What is wrong with the image is a better reason for its owner than that it could not be had.
    const wrongImage = !isTransient(status) && code !== undefined && isErrorCode(code) && code.startsWith('Image.');
    throw wrongImage ? new MalleeError(code, message) : fetchFailed(message, isTransient(status));
  }

  private async send(url: URL, known: { etag?: string }, signal: AbortSignal): Promise<IncomingMessage> {
    const headers: Record<string, string> = { host: url.host, eucaoperation: 'GetDecryptedImage' };
    if (known.etag !== undefined) headers['if-none-match'] = known.etag;
    const signed = { method: 'GET', rawPath: url.pathname, rawQuery: url.search.slice(1), headers };
    Object.assign(headers, signEuca2Rest(signed, this.identity(), this.now()));
    const correlationId = currentCorrelationId();
    if (correlationId !== undefined) headers[correlationHeader] = correlationId;
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(url, { headers, signal, agent: false, timeout: FIRST_BYTE_TIMEOUT_MS });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', (error) => {
        reject(signal.aborted ? error : fetchFailed(`${url.href}: ${error.message}`, true, error));
      });
      request.on('response', (response) => {
        response.setTimeout(IDLE_TIMEOUT_MS, () => response.destroy(new Error('the image stopped arriving')));
        resolve(response);
      });
      request.end();
    });
  }
}

/** @param transient whether another attempt may succeed */
export function fetchFailed(message: string, transient: boolean, cause?: unknown): MalleeError {
  return new MalleeError('Node.ImageFetchFailed', message, { cause, details: { transient } });
}

function answerOf(response: IncomingMessage, modified: boolean): ImageAnswer {
  const length = response.headers['content-length'];
  const digest = response.headers[IMAGE_DIGEST_HEADER];
  return {
    modified,
    etag: response.headers.etag,
    sizeBytes: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
    sha256: typeof digest === 'string' && /^[0-9a-fA-F]{64}$/.test(digest) ? digest.toLowerCase() : undefined,
    body: response,
  };
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** The code of an S3 error document, and what a person should read. */
async function shortText(response: IncomingMessage): Promise<{ code: string | undefined; text: string }> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += String(chunk);
      if (text.length > 4096) break;
    }
  } catch {
    // The status says enough.
  }
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1];
  const short = code === undefined ? text : `${code} ${message ?? ''}`;
  const plain = short.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return { code, text: plain.slice(0, SHOWN_CHARACTERS) };
}
