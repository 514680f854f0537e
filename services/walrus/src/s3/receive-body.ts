import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
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
import type { Checksum } from '../storage/objects.js';

export interface ReceivedBody {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** The checksum the client gave (verified), if any. */
  readonly checksum: Checksum | undefined;
}

export interface BodySource {
  readonly request: IncomingMessage;
  readonly headers: Headers;
  readonly payload: PayloadRule;
  readonly maxBytes: number;
}

/** A client that sends nothing for this long gives its upload up. */
const IDLE_MS = 60_000;

/**
 * Streams a request body into a new blob and checks everything that was promised about it: length, Content-MD5,
 * x-amz-content-sha256, chunk signatures, checksum in header or trailer. The blob is durable when this resolves and gone when it
 * rejects.
 */
export async function receiveBlob(
  source: BodySource,
  blobs: BlobStore,
): Promise<ReceivedBody & { readonly blobId: string }> {
  const writer = await blobs.create();
  try {
    const received = await receive(source, (chunk) => writer.write(chunk));
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
  const expected = expectedLength(headers, payload);
  if (expected !== undefined && expected > maxBytes) throw tooLarge(maxBytes);
  const contentMd5 = contentMd5Of(headers);
  const declared = declaredChecksum(headers);
  const md5 = createHash('md5');
  const sha256 = payload.kind === 'sha256' ? createHash('sha256') : undefined;
  const running = declared === undefined ? undefined : createChecksum(declared.name);
  let size = 0;
  const decoder = payload.kind === 'chunked' ? createDecoder(headers, payload, expected) : undefined;
  await pump(request, decoder, async (chunk) => {
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
  return { size, md5: md5Hex, checksum: verifiedChecksum(declared, running, decoder) };
}

/** Back pressure all the way: the next chunk is read when the sink has taken the last one. */
async function pump(
  request: IncomingMessage,
  decoder: AwsChunkedDecoder | undefined,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const drain = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await take(chunk);
  };
  const { socket } = request;
  const onIdle = (): void => void request.destroy(new MalleeError('RequestTimeout', 'No data arrived for too long.'));
  socket.setTimeout(IDLE_MS);
  socket.once('timeout', onIdle);
  // The answer still has to be sent, so a failure must not destroy the request (and with it the socket).
  const source = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    if (decoder === undefined) await drain(source);
    else await pipeline(source, decoder, (chunks: AsyncIterable<Buffer>) => drain(chunks));
  } catch (error) {
    throw request.aborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? incomplete() : error;
  } finally {
    socket.off('timeout', onIdle);
    socket.setTimeout(0);
  }
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
    if (name !== undefined && value !== undefined) found.push({ name, value });
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
    if (name !== undefined) return { name, value };
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
