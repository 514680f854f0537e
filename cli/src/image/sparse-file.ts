import { open } from 'node:fs/promises';

const STEP = 64 * 1024;
const ZEROS = Buffer.alloc(STEP);

/** Writes the chunks into a new file; blocks of zeros become holes. */
export async function writeSparse(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    let position = 0;
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += STEP) {
        const piece = chunk.subarray(at, at + STEP);
        if (!piece.equals(ZEROS.subarray(0, piece.length))) await writeAll(file, piece, position + at);
      }
      position += chunk.length;
    }
    await file.truncate(position);
  } finally {
    await file.close();
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    written += (await file.write(piece, written, piece.length - written, position + written)).bytesWritten;
  }
}
