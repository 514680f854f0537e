import type { IncomingMessage } from 'node:http';
import { MalleeError } from '@mallee/errors';

/** The whole request body; more than `limitBytes` is refused with `Wire.LimitExceeded` before it is buffered. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function tooLarge(limitBytes: number): MalleeError {
  return new MalleeError('Wire.LimitExceeded', `the request body is larger than ${limitBytes} bytes`);
}
