import type { IncomingMessage } from 'node:http';
import { MalleeError } from '@mallee/errors';
import { freeMemory } from '../hashing/free-memory.js';

/**
 * Gives the body of a request to `take`, chunk by chunk as they arrive. A chunk belongs to `take` until that returns or its promise
 * resolves; then its memory is used again, and the next chunk is read. Rejects with `RequestTimeout` when the client falls silent,
 * with `IncompleteBody` when it goes away, and as `take` does; never while `take` is at work. The answer still has to be sent then,
 * so the request is only paused.
 */
export function readRequest(
  request: IncomingMessage,
  idleMs: number,
  take: (chunk: Buffer) => Promise<void> | undefined,
): Promise<void> {
  if (request.destroyed) return Promise.reject(incomplete());
  return new Promise((resolve, reject) => {
    let taking = false;
    let outcome: { readonly error?: Error } | undefined;
    const timer = setTimeout(() => {
      if (!taking) end({ error: silent() });
    }, idleMs);
    const end = (how: { readonly error?: Error }): void => {
      outcome ??= how;
      if (taking) return;
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).pause();
      if (outcome.error !== undefined) reject(outcome.error);
      else resolve();
    };
    const onData = (chunk: Buffer): void => {
      try {
        const waiting = take(chunk);
        if (waiting === undefined) {
          freeMemory(chunk);
          timer.refresh();
          return;
        }
        taking = true;
        request.pause();
        waiting.then(
          () => onTaken(chunk),
          (error: unknown) => {
            taking = false;
            end({ error: error as Error });
          },
        );
      } catch (error) {
        end({ error: error as Error });
      }
    };
    const onTaken = (chunk: Buffer): void => {
      taking = false;
      freeMemory(chunk);
      if (outcome !== undefined) return end(outcome);
      timer.refresh();
      request.resume();
    };
    const onEnd = (): void => end({});
    const onClose = (): void => end({ error: incomplete() });
    const onError = (error: NodeJS.ErrnoException): void =>
      end({ error: request.aborted || error.code === 'ECONNRESET' ? incomplete() : error });
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

/** The same as an iteration. Throws `RequestTimeout` when the client falls silent, `IncompleteBody` when it goes away. */
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

export function incomplete(): MalleeError {
  return new MalleeError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}

function silent(): MalleeError {
  return new MalleeError(
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  );
}
