import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { ByteRange } from './blob-store.js';

const BUFFER_BYTES = 512 * 1024;
const SMALL_BYTES = 64 * 1024;
const KEPT_BUFFERS = 16;
const kept: Buffer[] = [];

/**
 * Writes a range of a file to `target` and ends it: the next piece is read while the last one is on its way. Buffers are used
 * again, because fresh memory costs more than the copying. Rejects when the target closes or the file is too short.
 */
export async function copyFile(file: FileHandle, target: Writable, range: ByteRange): Promise<void> {
  if (range.end - range.start < SMALL_BYTES) return await copySmall(file, target, range);
  const { start, end } = range;
  const buffers = [take(), take()] as const;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let at = start, turn = 0; at <= end; turn ^= 1) {
      const buffer = buffers[turn === 0 ? 0 : 1];
      const wanted = Math.min(buffer.length, end - at + 1);
      // The failure of a write must be heard also while a read is under way.
      const [{ bytesRead }] = await Promise.all([file.read(buffer, 0, wanted, at), writing]);
      if (bytesRead === 0) throw new Error('the file is shorter than it was');
      writing = write(target, buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    await writing;
    target.end();
  } catch (error) {
    // The kernel or the target may still hold the buffers: they are not used again.
    writing.catch(() => undefined);
    throw error;
  }
  for (const buffer of buffers) if (kept.length < KEPT_BUFFERS) kept.push(buffer);
}

/** What fits into one packet of memory goes with the head of the answer. */
async function copySmall(file: FileHandle, target: Writable, { start, end }: ByteRange): Promise<void> {
  const bytes = Buffer.allocUnsafe(end - start + 1);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  if (bytesRead < bytes.length) throw new Error('the file is shorter than it was');
  target.end(bytes);
}

function take(): Buffer {
  return kept.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

/** Resolves when the target has let go of the bytes. */
function write(target: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => {
      reject(Object.assign(new Error('the reader has gone'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }));
    };
    if (target.destroyed) return void gone();
    target.once('close', gone);
    target.write(bytes, (error) => {
      target.off('close', gone);
      if (error) gone();
      else resolve();
    });
  });
}
