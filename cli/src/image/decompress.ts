import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MalleeError } from '@mallee/errors';
import { requireProgram } from '@mallee/processes';
import type { Compression } from './disk-format.js';
import { progressText, tooLarge } from './local-source.js';
import { writeSparse } from './sparse-file.js';

/** Limits of the programs that read hostile data: address space in bytes, and no file to write but their output. */
export const READER_LIMITS = ['--as=4294967296', '--core=0', '--nofile=64'];

const PROGRAMS: Readonly<Record<Exclude<Compression, 'gzip'>, readonly string[]>> = {
  xz: ['xz', '--decompress', '--stdout', '--memlimit-decompress=1GiB'],
  bzip2: ['bzip2', '--decompress', '--stdout'],
  zstd: ['zstd', '--decompress', '--stdout', '--quiet', '--memory=1024MB'],
};

/**
 * Unpacks `source` into the new file `target`, zeros as holes. Gives the number of bytes. Throws `Image.TooLarge` when more than
 * `maxBytes` come out, `Image.FormatRefused` when the data are damaged, `Platform.ProgramMissing`.
 */
export async function decompress(
  compression: Compression,
  source: string,
  target: string,
  { maxBytes, onProgress }: { maxBytes: number; onProgress: (text: string) => void },
): Promise<number> {
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
      onProgress(progressText(bytes, Number.NaN));
      yield chunk;
    }
  };
  const unpack = compression === 'gzip' ? gunzip(source) : runReader(PROGRAMS[compression], source);
  try {
    await writeSparse(target, counted(unpack));
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code ?? '');
    if (!code.startsWith('Z_')) throw cause;
    throw new MalleeError('Image.FormatRefused', 'the compressed data are damaged or cut off', { cause });
  }
  return bytes;
}

async function* gunzip(source: string): AsyncGenerator<Buffer> {
  const abort = new AbortController();
  const file = createReadStream(source, { highWaterMark: 256 * 1024 });
  const stream = addAbortSignal(abort.signal, createGunzip({ chunkSize: 256 * 1024 }));
  file.on('error', (error) => stream.destroy(error));
  try {
    yield* file.pipe(stream) as AsyncIterable<Buffer>;
  } finally {
    file.destroy();
    stream.destroy();
  }
}

/** Output of a program that reads the file from its standard input, under limits. */
async function* runReader([program = '', ...args]: readonly string[], source: string): AsyncGenerator<Buffer> {
  const prlimit = requireProgram('prlimit', 'util-linux');
  requireProgram(program, program === 'xz' ? 'xz-utils' : program);
  const input = await open(source, 'r');
  try {
    const child = spawn(prlimit, [...READER_LIMITS, program, ...args], {
      stdio: [input.fd, 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(0, 1000)));
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    try {
      yield* child.stdout as Readable as AsyncIterable<Buffer>;
      const [status, signal] = await ended;
      if (status === 0) return;
      throw new MalleeError('Image.FormatRefused', `${program} ended with ${signal ?? status}: ${errors.trim()}`);
    } finally {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    }
  } finally {
    await input.close();
  }
}
