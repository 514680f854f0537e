import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@mallee/daemon';
import { sqlState } from '@mallee/database';
import { catalogue, MalleeError, toMalleeError, type ErrorCode } from '@mallee/errors';
import { sendXml } from './respond.js';
import { field, plainDocument } from './xml.js';

/** Codes of other families that S3 clients know under another name. */
const TRANSLATED: Partial<Record<ErrorCode, ErrorCode>> = {
  'Wire.MalformedXml': 'MalformedXML',
  // Of the XML reader: too deep, too many elements. A body that is too long has its own code already.
  'Wire.LimitExceeded': 'MalformedXML',
  'Wire.PeerUnreachable': 'ServiceUnavailable',
  'Wire.PeerTimeout': 'ServiceUnavailable',
  'Wire.PeerBusy': 'ServiceUnavailable',
  'Wire.TlsPinMismatch': 'ServiceUnavailable',
  'Wire.PeerFault': 'ServiceUnavailable',
  'Wire.BadReply': 'ServiceUnavailable',
  'Database.Unavailable': 'ServiceUnavailable',
};

/** What PostgreSQL says to a NUL; only texts of clients can hold one, and each operation refuses those it knows of before. */
const UNSTORABLE = new Set(['22021', '22P05']);

const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;

/** The error an S3 client sees for any failure: a code of S3 or of the image service, never the inside of the cloud. */
export function toS3Error(error: unknown): MalleeError {
  if (UNSTORABLE.has(sqlState(error))) {
    return new MalleeError('InvalidArgument', 'A text of the request holds a character that cannot be kept.', {
      cause: error,
    });
  }
  const typed = toMalleeError(error);
  const translated = TRANSLATED[typed.code];
  if (translated === 'ServiceUnavailable') {
    return new MalleeError(translated, 'Please reduce your request rate or try again later.', { cause: error });
  }
  if (translated !== undefined) return new MalleeError(translated, typed.message, { cause: error });
  const { family } = catalogue[typed.code];
  if (family === 's3' || family === 'image' || typed.code === 'SignatureDoesNotMatch') return typed;
  return new MalleeError('InternalError', 'We encountered an internal error. Please try again.', { cause: error });
}

/** Answers a failed request, or cuts the connection when the answer has begun already. */
export function sendError(
  failure: { request: IncomingMessage; response: ServerResponse; requestId: string; logger: Logger },
  cause: unknown,
): void {
  const { request, response, requestId, logger } = failure;
  const error = toS3Error(cause);
  // Not the whole URL: the query string of a presigned one lets its reader do the same.
  const path = (request.url ?? '/').split('?', 1)[0];
  const { method } = request;
  if (error.status >= 500) logger.error({ err: cause, method, path }, 'S3 request failed');
  else logger.info({ code: error.code, reason: error.message, method, path }, 'S3 request refused');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.code === 'RequestTimeout') closeAfter(request, response);
  else leaveBody(request, response);
  const { range, size } = error.details;
  if (error.code === 'InvalidRange') response.setHeader('content-range', `bytes */${String(size)}`);
  if (request.method === 'HEAD' || error.status === 304) {
    response.writeHead(error.status).end();
    return;
  }
  const document = plainDocument(
    'Error',
    field('Code', error.code),
    field('Message', error.message),
    ...(error.code === 'InvalidRange'
      ? [field('RangeRequested', String(range)), field('ActualObjectSize', String(size))]
      : []),
    field('Resource', path),
    field('RequestId', requestId),
  );
  sendXml(response, error.status, document);
}

/** Nothing more is to come on this connection. */
function closeAfter(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  response.once('finish', () => request.destroy());
}

/** An answer sent while the body still arrives would be lost in a reset: take a short rest of it in, cut a long one. */
function leaveBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > DRAIN_BYTES || request.headers['transfer-encoding'] !== undefined)
    response.setHeader('connection', 'close');
  request.resume();
  const timer = setTimeout(() => request.destroy(), DRAIN_MS).unref();
  request.once('close', () => clearTimeout(timer));
}
