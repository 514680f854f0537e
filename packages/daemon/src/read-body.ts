import type { IncomingMessage } from 'node:http';
import { MalleeError } from '@mallee/errors';

/** How long a body may take from first to last byte, in milliseconds. */
export const defaultBodyTimeoutMs = 30_000;

/**
 * The whole request body. More than `limitBytes` is refused with `Wire.LimitExceeded` before it is buffered, one that does not arrive in
 * time with `Wire.RequestTimeout`; after both the connection can only carry the answer and must be closed. A connection that the
 * client cuts rejects with the error of the stream.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  timeoutMs = defaultBodyTimeoutMs,
): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes) return Promise.reject(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limitBytes) fail(tooLarge(limitBytes));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onClose = (): void => fail(new Error('the client closed the connection within the body'));
    const fail = (error: Error): void => {
      stop();
      // Nothing more is read, and an error that comes later concerns nobody.
      request.pause().on('error', () => undefined);
      reject(error);
    };
    const timer = setTimeout(() => fail(tooSlow(timeoutMs)), timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
    };
    request.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
  });
}

function tooLarge(limitBytes: number): MalleeError {
  return new MalleeError('Wire.LimitExceeded', `the request body is larger than ${limitBytes} bytes`);
}

function tooSlow(timeoutMs: number): MalleeError {
  return new MalleeError('Wire.RequestTimeout', `the request body did not arrive within ${timeoutMs} ms`);
}
