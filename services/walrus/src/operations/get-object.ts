import type { OutgoingHttpHeaders } from 'node:http';
import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { evaluate, preconditionFailed, rangeHolds } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { asSpelledByS3 } from '../s3/header-spelling.js';
import { checksumHeaders, headersOf } from '../s3/object-headers.js';
import { openReadable, type Readable } from '../s3/open-readable.js';
import { parseRange } from '../s3/range.js';
import { sendEmpty } from '../s3/respond.js';
import { readingKey, refuseSseOfReader } from '../s3/sse.js';
import { partNumberOf } from '../s3/upload-of.js';
import type { ByteRange } from '../storage/blob-store.js';
import type { Checksum } from '../storage/objects.js';
import { slicesOf } from '../storage/object-data.js';
import { expiryHeader } from '../lifecycle/expiry-header.js';

/** Query parameters of a signed GET that replace headers of the answer. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

/** GET and HEAD /bucket/key, with Range, part number and conditions. */
export async function getObject(context: ObjectContext): Promise<void> {
  const { headers, services } = context;
  refuseSseOfReader(headers);
  const readable = await openReadable(context, context.query.get('versionId'));
  const { object, data } = readable;
  try {
    // A part that is not there is told also to who forgot the key.
    if (context.query.has('partNumber')) chooseRange(context, readable);
    const dataKey = readingKey(headers, services.keys, object.encryption);
    const verdict = evaluate(object, headers);
    if (verdict === 'failed') throw preconditionFailed();
    if (verdict === 'not-modified') return notModified(context, readable);
    await send(context, readable, dataKey, chooseRange(context, readable));
  } finally {
    await data.close();
  }
}

interface Choice {
  readonly range: ByteRange | undefined;
  /** Headers about the part, when one was asked for. */
  readonly part: OutgoingHttpHeaders;
  /** The checksum of what is sent, when there is one. */
  readonly checksum: Checksum | undefined;
}

function chooseRange(context: ObjectContext, { object, data }: Readable): Choice {
  const byRange = headerValue(context.headers, 'range');
  if (!context.query.has('partNumber')) {
    const range = parseRange(rangeHolds(object, context.headers) ? byRange : undefined, object.size);
    const whole = range === undefined || range.end - range.start + 1 === object.size;
    return { range, part: {}, checksum: whole ? object.checksum : undefined };
  }
  if (byRange !== undefined) {
    throw new MalleeError('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const number = partNumberOf(context);
  const index = data.pieces.findIndex((piece) => piece.partNumber === number);
  const piece = data.pieces[index];
  if (piece === undefined) throw new MalleeError('InvalidPart', 'The requested partnumber is not satisfiable');
  const isMultipart = object.blobId === undefined;
  const start = slicesOf(data.pieces.slice(0, index), undefined).reduce((sum, slice) => sum + slice.piece.size, 0);
  const range = piece.size === 0 ? undefined : { start, end: start + piece.size - 1 };
  const { checksumValue } = piece;
  const checksum =
    object.checksum === undefined || checksumValue === undefined
      ? undefined
      : { ...object.checksum, value: checksumValue };
  return { range, part: isMultipart ? { 'x-amz-mp-parts-count': data.pieces.length } : {}, checksum };
}

/** What a cache has to know of the object it holds (RFC 9110 section 15.4.5). */
const OF_NOT_MODIFIED = ['etag', 'last-modified', 'cache-control', 'expires', 'x-amz-version-id'];

function notModified(context: ObjectContext, { object, bucket }: Readable): void {
  const all = Object.entries(headersOf(object, bucket, context.headers));
  sendEmpty(context.response, 304, Object.fromEntries(all.filter(([name]) => OF_NOT_MODIFIED.includes(name))));
}

async function send(
  context: ObjectContext,
  { object, bucket, data }: Readable,
  dataKey: Buffer | undefined,
  { range, part, checksum }: Choice,
): Promise<void> {
  const { response, request } = context;
  const length = range === undefined ? object.size : range.end - range.start + 1;
  const wantsChecksum = headerValue(context.headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers: OutgoingHttpHeaders = {
    ...headersOf(object, bucket, context.headers),
    ...part,
    ...expiryHeader(bucket, object),
    ...overridesOf(context),
    ...(wantsChecksum ? checksumHeaders({ checksum }) : {}),
    'content-length': length,
  };
  if (range !== undefined) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
  response.writeHead(range === undefined ? 200 : 206, asSpelledByS3(headers));
  if (request.method === 'HEAD' || length === 0) {
    response.end();
    return;
  }
  try {
    await data.sendTo(response, dataKey, range);
  } catch (error) {
    // A client that goes away is no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function overridesOf(context: ObjectContext): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [parameter, header] of Object.entries(OVERRIDES)) {
    const value = context.query.get(parameter);
    if (value === undefined) continue;
    if (context.caller === undefined) {
      throw new MalleeError(
        'InvalidRequest',
        'Request specific response headers cannot be used for anonymous GET requests.',
      );
    }
    if (!/^[\x20-\x7e\xa0-\xff]*$/.test(value)) {
      throw new MalleeError('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.');
    }
    headers[header] = value;
  }
  return headers;
}
