import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import {
  AwsChunkedDecoder,
  checksumOfHeader,
  createChecksum,
  headerValue,
  verifyChecksum,
  type ChecksumName,
  type Headers,
  type PayloadRule,
  type RunningChecksum,
} from '@mallee/aws-signatures';
import { isMalleeError, MalleeError } from '@mallee/errors';
import type { BlobStore } from '../storage/blob-store.js';
import { blobCipher } from '../storage/encryption.js';
import type { Checksum } from '../storage/objects.js';

export interface ReceivedBody {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** The checksum the client gave (verified), if any. */
  readonly checksum: Checksum | undefined;
}

/** Where a body comes from; a context of S3 with a limit is one. */
export interface BodySource {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly services: { readonly bodyIdleMs: number };
  readonly headers: Headers;
  readonly payload: PayloadRule;
  readonly maxBytes: number;
  /** Computed (and kept) when the client gives no checksum of its own. */
  readonly wantedChecksum?: ChecksumName | undefined;
  /** The bytes themselves, when they are only a part of the body of the request (a form). */
  readonly content?: AsyncIterable<Buffer>;
}

/**
 * Streams a request body into a new blob and checks everything that was promised about it: length, Content-MD5,
 * x-amz-content-sha256, chunk signatures, checksum in header or trailer. The blob is durable when this resolves and gone when it
 * rejects.
 */
export async function receiveBlob(
  source: BodySource,
  blobs: BlobStore,
  dataKey: Buffer | undefined,
): Promise<ReceivedBody & { readonly blobId: string }> {
  const writer = await blobs.create();
  const cipher = dataKey === undefined ? undefined : blobCipher(dataKey, writer.id);
  try {
    const received = await receive(source, (chunk) =>
      writer.write(cipher === undefined ? chunk : cipher.update(chunk)),
    );
    await writer.commit();
    return { ...received, blobId: writer.id };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** A small body (XML) in memory, with the same checks; more than `maxBytes` is `MaxMessageLengthExceeded`. */
export async function receiveDocument(source: BodySource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    await receive(source, (chunk) => {
      chunks.push(chunk);
      return Promise.resolve();
    });
  } catch (error) {
    if (!isMalleeError(error) || error.code !== 'EntityTooLarge') throw error;
    throw new MalleeError('MaxMessageLengthExceeded', 'Your request was too big.');
  }
  return Buffer.concat(chunks);
}

async function receive(source: BodySource, sink: (chunk: Buffer) => Promise<void>): Promise<ReceivedBody> {
  const { request, headers, payload, maxBytes } = source;
  const expected = source.content === undefined ? expectedLength(headers, payload) : undefined;
  if (expected !== undefined && expected > maxBytes) throw tooLarge(maxBytes);
  const contentMd5 = contentMd5Of(headers);
  const declared = declaredChecksum(headers);
  const md5 = createHash('md5');
  const sha256 = payload.kind === 'sha256' ? createHash('sha256') : undefined;
  const wanted = declared?.name ?? (announcesChecksum(headers) ? undefined : source.wantedChecksum);
  const running = wanted === undefined ? undefined : createChecksum(wanted);
  let size = 0;
  // The client waits to be asked for the body: now nothing of its headers speaks against it.
  if (headerValue(headers, 'expect')?.toLowerCase() === '100-continue') source.response.writeContinue();
  const decoder = payload.kind === 'chunked' ? createDecoder(headers, payload, expected) : undefined;
  await pump(source.content ?? requestChunks(request, source.services.bodyIdleMs), decoder, async (chunk) => {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    md5.update(chunk);
    sha256?.update(chunk);
    running?.update(chunk);
    await sink(chunk);
  });
  if (expected !== undefined && size !== expected) throw incomplete();
  const md5Hex = md5.digest('hex');
  if (contentMd5 !== undefined && contentMd5 !== md5Hex) {
    throw new MalleeError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (payload.kind === 'sha256' && sha256?.digest('hex') !== payload.hex) {
    throw new MalleeError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const checksum = verifiedChecksum(declared, running, decoder) ?? computedChecksum(wanted, running);
  return { size, md5: md5Hex, checksum };
}

function announcesChecksum(headers: Headers): boolean {
  const names = (headerValue(headers, 'x-amz-trailer') ?? '').toLowerCase().split(',');
  return names.some((name) => checksumOfHeader(name.trim()) !== undefined);
}

function computedChecksum(name: ChecksumName | undefined, running: RunningChecksum | undefined): Checksum | undefined {
  if (name === undefined || running === undefined) return undefined;
  return { name, type: 'FULL_OBJECT', value: running.digest().toString('base64') };
}

/** Back pressure all the way: the next chunk is read when the sink has taken the last one. */
async function pump(
  chunks: AsyncIterable<Buffer>,
  decoder: AwsChunkedDecoder | undefined,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const drain = async (from: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of from) await take(chunk);
  };
  if (decoder === undefined) await drain(chunks);
  else await pipeline(chunks, decoder, (decoded: AsyncIterable<Buffer>) => drain(decoded));
}

/** The body of a request. Throws `RequestTimeout` when the client falls silent, `IncompleteBody` when it goes away. */
export async function* requestChunks(request: IncomingMessage, idleMs: number): AsyncGenerator<Buffer> {
  // The answer still has to be sent, so a failure must not destroy the request (and with it the socket).
  const chunks = (request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let giveUp: (error: Error) => void = () => undefined;
  const timer = setTimeout(() => giveUp(silent()), idleMs);
  try {
    for (;;) {
      timer.refresh();
      const next = await new Promise<IteratorResult<Buffer>>((resolve, reject) => {
        giveUp = reject;
        chunks.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw request.aborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? incomplete() : error;
  } finally {
    clearTimeout(timer);
  }
}

function silent(): MalleeError {
  return new MalleeError(
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  );
}

function createDecoder(
  headers: Headers,
  payload: Extract<PayloadRule, { kind: 'chunked' }>,
  decodedLength: number | undefined,
): AwsChunkedDecoder {
  const trailerNames = (headerValue(headers, 'x-amz-trailer') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return new AwsChunkedDecoder({
    trailer: payload.trailer,
    trailerNames,
    ...(payload.signing === undefined ? {} : { signing: payload.signing }),
    ...(decodedLength === undefined ? {} : { decodedLength }),
  });
}

function expectedLength(headers: Headers, payload: PayloadRule): number | undefined {
  const name = payload.kind === 'chunked' ? 'x-amz-decoded-content-length' : 'content-length';
  const text = headerValue(headers, name);
  if (text !== undefined) {
    if (!/^\d{1,15}$/.test(text)) throw new MalleeError('InvalidArgument', `${name} is not a number.`);
    return Number(text);
  }
  if (payload.kind === 'chunked' || headerValue(headers, 'transfer-encoding') === undefined) {
    throw new MalleeError('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  return undefined;
}

function contentMd5Of(headers: Headers): string | undefined {
  const text = headerValue(headers, 'content-md5');
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) {
    throw new MalleeError('InvalidDigest', 'The Content-MD5 you specified is not valid.');
  }
  return bytes.toString('hex');
}

function declaredChecksum(headers: Headers): Checksum | undefined {
  const found: Checksum[] = [];
  for (const header of Object.keys(headers)) {
    const name = checksumOfHeader(header);
    const value = headerValue(headers, header);
    if (name !== undefined && value !== undefined) found.push({ name, type: 'FULL_OBJECT', value });
  }
  if (found.length > 1) throw new MalleeError('InvalidRequest', 'Expecting a single x-amz-checksum- header');
  return found[0];
}

function verifiedChecksum(
  declared: Checksum | undefined,
  running: RunningChecksum | undefined,
  decoder: AwsChunkedDecoder | undefined,
): Checksum | undefined {
  if (declared !== undefined && running !== undefined) {
    verifyChecksum(declared.name, declared.value, running.digest());
    return declared;
  }
  for (const [header, value] of decoder?.trailers ?? []) {
    const name: ChecksumName | undefined = checksumOfHeader(header);
    if (name !== undefined) return { name, type: 'FULL_OBJECT', value };
  }
  return undefined;
}

function tooLarge(maxBytes: number): MalleeError {
  return new MalleeError(
    'EntityTooLarge',
    `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes.`,
  );
}

function incomplete(): MalleeError {
  return new MalleeError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}
