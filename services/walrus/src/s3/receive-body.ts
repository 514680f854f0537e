import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AwsChunkedDecoder,
  headerValue,
  type ChecksumName,
  type Headers,
  type PayloadRule,
} from '@mallee/aws-signatures';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { InlineBody, openBody, type Body, type Sink } from '../hashing/body.js';
import type { DigestName } from '../hashing/digester.js';
import type { BlobStore } from '../storage/blob-store.js';
import { blobCipher } from '../storage/encryption.js';
import type { Checksum } from '../storage/objects.js';
import { digestsFor, expectedLength, promisesOf, verifyPromises, type BodyPromises } from './body-promises.js';
import { incomplete, readRequest } from './read-request.js';

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
  const sink: Sink = (bytes) => writer.write(cipher === undefined ? bytes : cipher.update(bytes));
  try {
    const received = await receive(source, (names, length) => openBody(names, length, sink));
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
  const sink: Sink = (bytes) => {
    // Their memory is used again.
    chunks.push(Buffer.from(bytes));
    return Promise.resolve();
  };
  try {
    await receive(source, (names) => new InlineBody(names, sink));
  } catch (error) {
    if (!isMalleeError(error) || error.code !== 'EntityTooLarge') throw error;
    throw new MalleeError('MaxMessageLengthExceeded', 'Your request was too big.');
  }
  return Buffer.concat(chunks);
}

async function receive(
  source: BodySource,
  open: (names: readonly DigestName[], length: number) => Body,
): Promise<ReceivedBody> {
  const { request, headers, payload, maxBytes } = source;
  const expected = source.content === undefined ? expectedLength(headers, payload) : undefined;
  if (expected !== undefined && expected > maxBytes) throw tooLarge(maxBytes);
  const promises = promisesOf(headers, payload, source.wantedChecksum);
  const decoder = payload.kind === 'chunked' ? createDecoder(promises, payload, expected) : undefined;
  // The client waits to be asked for the body: now nothing of its headers speaks against it.
  if (headerValue(headers, 'expect')?.toLowerCase() === '100-continue') source.response.writeContinue();
  const body = open(digestsFor(promises), expected ?? Number(request.headers['content-length'] ?? Infinity));
  let size = 0;
  const take = (chunk: Buffer): Promise<void> | undefined => {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    return body.take(chunk);
  };
  try {
    await read(source, decoder === undefined ? take : (chunk) => takeAll(decoder.decode(chunk), take));
    decoder?.end();
    if (expected !== undefined && size !== expected) throw incomplete();
    const digests = await body.finish();
    const checksum = verifyPromises(promises, digests, decoder?.trailers ?? new Map<string, string>());
    return { size, md5: digests.get('md5')!.toString('hex'), checksum };
  } catch (error) {
    await body.abort();
    throw error;
  }
}

/** Back pressure all the way: the next chunk is read when the last one is taken. */
async function read(source: BodySource, take: (chunk: Buffer) => Promise<void> | undefined): Promise<void> {
  if (source.content === undefined) return await readRequest(source.request, source.services.bodyIdleMs, take);
  for await (const chunk of source.content) await take(chunk);
}

function takeAll(
  chunks: readonly Buffer[],
  take: (chunk: Buffer) => Promise<void> | undefined,
  from = 0,
): Promise<void> | undefined {
  for (let i = from; i < chunks.length; i++) {
    const waiting = take(chunks[i]!);
    if (waiting !== undefined) return waiting.then(() => takeAll(chunks, take, i + 1));
  }
  return undefined;
}

function createDecoder(
  { trailers }: BodyPromises,
  payload: Extract<PayloadRule, { kind: 'chunked' }>,
  decodedLength: number | undefined,
): AwsChunkedDecoder {
  return new AwsChunkedDecoder({
    trailer: payload.trailer,
    trailerNames: trailers,
    ...(payload.signing === undefined ? {} : { signing: payload.signing }),
    ...(decodedLength === undefined ? {} : { decodedLength }),
  });
}

function tooLarge(maxBytes: number): MalleeError {
  return new MalleeError(
    'EntityTooLarge',
    `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes.`,
  );
}
