import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { bucketOf, mayList, mayRead, require } from '../s3/access.js';
import { evaluate, preconditionFailed } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { checksumHeaders, headersOf } from '../s3/object-headers.js';
import { parseRange } from '../s3/range.js';
import type { BlobReader, ByteRange } from '../storage/blob-store.js';
import type { StoredObject } from '../storage/objects.js';
import { openStored } from '../storage/postgres-object-reader.js';

/** Query parameters of a signed GET that replace headers of the answer. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

/** GET and HEAD /bucket/key, with Range and conditions. */
export async function getObject(context: ObjectContext): Promise<void> {
  const { object, blob } = await openReadable(context);
  try {
    const verdict = evaluate(object, context.headers);
    if (verdict === 'failed') throw preconditionFailed();
    if (verdict === 'not-modified') return notModified(context, object);
    const range = parseRange(headerValue(context.headers, 'range'), object.size);
    await send(context, object, blob, range);
  } finally {
    await blob.close();
  }
}

/** The object and its data, if the caller may read it. Who may not list learns nothing about which keys exist. */
export async function openReadable(context: ObjectContext): Promise<{ object: StoredObject; blob: BlobReader }> {
  const { services, caller, key } = context;
  const bucket = await bucketOf(context);
  const opened = await openStored(services.pool, services.blobs, bucket.name, key);
  if (opened === undefined) {
    require(mayList(caller, bucket));
    throw new MalleeError('NoSuchKey', 'The specified key does not exist.');
  }
  if (!mayRead(caller, opened.object, bucket)) {
    await opened.blob.close();
    require(false);
  }
  return opened;
}

function notModified(context: ObjectContext, object: StoredObject): void {
  const { etag, 'last-modified': lastModified } = headersOf(object);
  context.response.writeHead(304, { etag, 'last-modified': lastModified }).end();
}

async function send(
  context: ObjectContext,
  object: StoredObject,
  blob: BlobReader,
  range: ByteRange | undefined,
): Promise<void> {
  const { response, request } = context;
  const length = range === undefined ? object.size : range.end - range.start + 1;
  const wantsChecksum =
    range === undefined && headerValue(context.headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers: OutgoingHttpHeaders = {
    ...headersOf(object),
    ...overridesOf(context),
    ...(wantsChecksum ? checksumHeaders(object) : {}),
    'content-length': length,
  };
  if (range !== undefined) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (request.method === 'HEAD' || length === 0) {
    response.end();
    return;
  }
  try {
    await pipeline(blob.stream(range), response);
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
    if (!/^[\x20-\x7e]*$/.test(value))
      throw new MalleeError('InvalidArgument', `${parameter} has a forbidden character.`);
    headers[header] = value;
  }
  return headers;
}
