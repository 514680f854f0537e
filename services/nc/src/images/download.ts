import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MalleeError } from '@mallee/errors';
import { fetchFailed, type ImageAnswer } from './walrus-images.js';

/**
 * Streams an image into a new file, verifying size and digest on the way, and makes it durable.
 * @param budgetBytes a body that grows beyond it is cut off
 * @throws Node.ImageCorrupt when size or digest differ from what the server declared; Node.ImageFetchFailed when the
 *   transfer breaks off (transient)
 */
export async function download(
  answer: ImageAnswer,
  path: string,
  budgetBytes: number,
  signal: AbortSignal,
): Promise<{ sha256: string; sizeBytes: number }> {
  if (answer.sizeBytes === undefined && answer.sha256 === undefined) {
    answer.body.destroy();
    throw new MalleeError(
      'Node.ImageCorrupt',
      'the image service declares neither the size nor the digest of the image',
    );
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      hash.update(chunk);
      if (sizeBytes > budgetBytes) done(new MalleeError('Image.CacheFull', `the image exceeds ${budgetBytes} bytes`));
      else done(null, chunk);
    },
  });
  const file = await open(path, 'wx', 0o644);
  try {
    // Not a WriteStream: one that leaves the handle open keeps a reference, and `close` would wait for it for ever.
    await pipeline(answer.body, measure, (chunks: AsyncIterable<Buffer>) => writeAll(file, chunks), { signal });
    await file.sync();
  } catch (error) {
    if (signal.aborted || error instanceof MalleeError) throw error;
    throw fetchFailed(`the transfer broke off: ${error instanceof Error ? error.message : String(error)}`, true, error);
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  if (answer.sizeBytes !== undefined && answer.sizeBytes !== sizeBytes) {
    throw new MalleeError('Node.ImageCorrupt', `${answer.sizeBytes} bytes were announced, ${sizeBytes} came`);
  }
  if (answer.sha256 !== undefined && answer.sha256 !== sha256) {
    throw new MalleeError('Node.ImageCorrupt', `the digest of the image is ${sha256}, announced was ${answer.sha256}`);
  }
  return { sha256, sizeBytes };
}

async function writeAll(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) await file.writeFile(chunk);
}
