import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { MalleeError } from '@mallee/errors';

export interface LocalSource {
  readonly path: string;
  /** Last component of the path or URL. */
  readonly name: string;
}

/** A server that sends nothing for so long is given up. */
const IDLE_MS = 60_000;

/**
 * The file to import: a path, or a URL (http, https) that is fetched into `directory`. Throws `Command.Invalid`, `Image.TooLarge`,
 * `Image.DownloadFailed`.
 */
export async function localSource(
  given: string,
  { directory, maxBytes, onProgress }: { directory: string; maxBytes: number; onProgress: (text: string) => void },
): Promise<LocalSource> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return await localFile(resolve(given), maxBytes);
  const url = parseUrl(given);
  const name = basename(decodeURIComponent(url.pathname)) || 'image';
  const path = join(directory, 'download');
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`no byte for ${IDLE_MS / 1000} s`)), IDLE_MS);
  try {
    const response = await fetch(url, { signal: silence.signal });
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    const announced = Number(response.headers.get('content-length') ?? Number.NaN);
    if (announced > maxBytes) throw tooLarge(announced, maxBytes);
    let bytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        bytes += chunk.length;
        onProgress(progressText(bytes, announced));
        done(bytes > maxBytes ? tooLarge(bytes, maxBytes) : null, chunk);
      },
    });
    const body = Readable.fromWeb(response.body as ReadableStream);
    await pipeline(body, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    // What fetch decoded itself has another length than was announced.
    if (response.headers.get('content-encoding') === null && !Number.isNaN(announced) && bytes !== announced) {
      throw new Error(`${bytes} of ${announced} bytes came`);
    }
    return { path, name };
  } catch (cause) {
    if (cause instanceof MalleeError) throw cause;
    const reason =
      cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
    throw new MalleeError('Image.DownloadFailed', `cannot fetch ${url.origin}${url.pathname}: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** `12 MiB of 30 MiB`. */
export function progressText(bytes: number, total: number): string {
  const mib = (value: number): string => `${Math.floor(value / 1024 / 1024)} MiB`;
  return Number.isNaN(total) ? mib(bytes) : `${mib(bytes)} of ${mib(total)}`;
}

export function tooLarge(bytes: number, maxBytes: number): MalleeError {
  return new MalleeError(
    'Image.TooLarge',
    `the image has ${bytes} bytes or more, ${maxBytes} are allowed (--max-size)`,
  );
}

async function localFile(path: string, maxBytes: number): Promise<LocalSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new MalleeError('Command.Invalid', `cannot read ${path}`, { cause });
  });
  if (!found.isFile()) throw new MalleeError('Command.Invalid', `${path} is no regular file`);
  if (found.size > maxBytes) throw tooLarge(found.size, maxBytes);
  return { path, name: basename(path) };
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // told below
  }
  throw new MalleeError('Command.Invalid', 'the image is a file, or a URL with http or https');
}
