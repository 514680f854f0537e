import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Logger } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { parseRange } from '../s3/range.js';
import type { ImageLease } from './image-cache.js';
import type { ImageStore } from './image-store.js';
import { parseImageLocation } from './location.js';

/** SHA-256 of the decrypted image in hex: what the node names its cached copy by. */
export const IMAGE_HASH_HEADER = 'x-mallee-image-sha256';

export interface ImageTarget {
  readonly bucket: string;
  readonly key: string;
}

/**
 * GetDecryptedImage for a verified node. Nothing is sent before the whole image is decrypted and verified. Takes `Range`,
 * `If-Range`, `If-None-Match` (ETag is the hash) and, for original nodes, `?IsCompressed=true`: one gzip member, chunked,
 * for those read only the first of several. `?digest=` names the image that was registered. Rejects with what the decryption
 * fails with.
 */
export async function getDecryptedImage(
  store: ImageStore,
  logger: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  { bucket, key }: ImageTarget,
): Promise<void> {
  const digest = registeredDigest(request.url ?? '');
  const lease = await store.lease(parseImageLocation(`${bucket}/${key}`), digest);
  try {
    await answer(lease, request, response);
  } catch (error) {
    // After the headers there is nothing to say but to cut the connection, which the pipeline has done. A node also
    // closes it by itself when the digest in the headers tells that it has the image already.
    if (!response.headersSent) throw error;
    logger.debug({ err: error, bucket, key }, 'the node did not take the whole image');
  } finally {
    await lease.release();
  }
}

/**
 * The digest in the query. Original nodes put `?IsCompressed=true` behind any URL, also one with a query. A digest that cannot be read
 * is refused: ignored, it would let any image through.
 */
function registeredDigest(url: string): string | undefined {
  const text = /[?&]digest=([^?&]*)/.exec(url)?.[1];
  if (text !== undefined && !/^[0-9A-Fa-f]{40,128}$/.test(text)) {
    throw new MalleeError('InvalidArgument', 'The digest of the image is not a digest.');
  }
  return text?.toLowerCase();
}

async function answer(lease: ImageLease, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const etag = `"${lease.sha256}"`;
  const headers: OutgoingHttpHeaders = {
    'content-type': 'application/octet-stream',
    etag,
    [IMAGE_HASH_HEADER]: lease.sha256,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const compressed = /[?&]IsCompressed=true(&|$)/.test(request.url ?? '');
  if (compressed) {
    response.writeHead(200, headers);
    await pipeline(lease.stream(), createGzip({ level: 1 }), response);
    return;
  }
  const ifRange = request.headers['if-range'];
  const wanted = ifRange === undefined || ifRange === etag ? request.headers.range : undefined;
  const range = parseRange(wanted, lease.size);
  const length = range === undefined ? lease.size : range.end - range.start + 1;
  const partial = range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${lease.size}` };
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    ...partial,
    'accept-ranges': 'bytes',
    'content-length': length,
  });
  if (length === 0) response.end();
  else await pipeline(lease.stream(range), response);
}
