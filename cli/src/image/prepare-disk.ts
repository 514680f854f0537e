import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { requireProgram, tryCommand, type CommandResult } from '@mallee/processes';
import { decompress, READER_LIMITS } from './decompress.js';
import { diskContentOf, type DiskContent } from './disk-content.js';
import { compressionOf, diskFormatOf, HEAD_BYTES, type DiskFormat } from './disk-format.js';
import { localSource, tooLarge } from './local-source.js';
import { readQcow2Header } from './qcow2-header.js';

export interface PrepareOptions {
  /** A path or a URL. */
  readonly source: string;
  /** Folder for what is fetched, unpacked or converted; its owner removes it. */
  readonly directory: string;
  /** Largest file and largest disk, in bytes. */
  readonly maxBytes: number;
  /** Said by the user; else found out. */
  readonly format?: DiskFormat | undefined;
  /** A lone kernel or ramdisk may be compressed: that is how it is booted. */
  readonly keepCompressed?: boolean;
  readonly onProgress: (text: string) => void;
}

export interface PreparedDisk {
  /** A raw image. */
  readonly path: string;
  readonly size: number;
  /** Name of the source, without what says how it was packed. */
  readonly name: string;
  readonly format: DiskFormat;
  readonly content: DiskContent;
}

/** An hour of processor time, and twice that of the clock. */
const CONVERT_CPU_SECONDS = 3600;

/**
 * Turns a file or URL into a raw disk image. No other file is ever opened on behalf of what the image says. Throws `Image.TooLarge`,
 * `Image.FormatRefused`, and what fetching and running programs fail with.
 */
export async function prepareDisk(options: PrepareOptions): Promise<PreparedDisk> {
  const { directory, maxBytes, onProgress } = options;
  const { path: first, name } = await localSource(options.source, options);
  let path = first;
  const compression = options.keepCompressed === true ? undefined : compressionOf(await headOf(path));
  if (compression !== undefined) {
    path = join(directory, 'unpacked');
    await decompress(compression, first, path, { maxBytes, onProgress });
  }
  const head = await headOf(path);
  const format = options.format ?? (options.keepCompressed === true ? 'raw' : diskFormatOf(head));
  if (format === 'qcow2') path = await convert(path, head, options);
  const { size } = await stat(path);
  if (size === 0) throw new MalleeError('Image.FormatRefused', 'the image is empty');
  if (size > maxBytes) throw tooLarge(size, maxBytes);
  return { path, size, name: plainName(name), format, content: diskContentOf(await headOf(path)) };
}

async function convert(
  source: string,
  head: Buffer,
  { directory, maxBytes, onProgress }: PrepareOptions,
): Promise<string> {
  if (diskFormatOf(head) !== 'qcow2') throw new MalleeError('Image.FormatRefused', 'the image is no qcow2 file');
  const { virtualSize, dirty } = readQcow2Header(head, maxBytes);
  onProgress('converting from qcow2');
  const target = join(directory, 'converted');
  requireProgram('qemu-img', 'qemu-utils');
  const limits = [...READER_LIMITS, `--cpu=${CONVERT_CPU_SECONDS}`, `--fsize=${Math.max(maxBytes, virtualSize)}`];
  // The format is stated, and the path absolute, so that nothing in either can make it another kind of source.
  const qemuImg = async (...args: string[]): Promise<CommandResult> =>
    await tryCommand('prlimit', [...limits, 'qemu-img', ...args], { timeoutMs: 2 * CONVERT_CPU_SECONDS * 1000 });
  refuseDamaged(await qemuImg('check', '-f', 'qcow2', source), dirty);
  const { exitCode, stderr } = await qemuImg('convert', '-f', 'qcow2', '-O', 'raw', source, target);
  if (exitCode === 0) return target;
  // Else it is this machine: no room, no time.
  const code = stderr.includes('error while reading') ? 'Image.FormatRefused' : 'Platform.CommandFailed';
  throw new MalleeError(code, `qemu-img convert: ${shortText(stderr)}`);
}

const LEAKS_ONLY = 3;

/** What lies behind the end of a file that was cut off would be read as zeros, without an error. */
function refuseDamaged({ exitCode, stdout, stderr }: CommandResult, dirty: boolean): void {
  if (exitCode === 0 || exitCode === LEAKS_ONLY) return;
  const text = Buffer.concat([stderr, stdout]);
  if (dirty && exitCode === 2 && !text.includes('the end of the file')) return;
  throw new MalleeError('Image.FormatRefused', `qcow2: it is damaged or cut off: ${shortText(text)}`);
}

function shortText(output: Buffer): string {
  return output.toString('utf8', 0, 300).trim().split('\n', 1)[0] ?? '';
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** `Debian 12.qcow2.xz` becomes `Debian-12`. */
export function plainName(file: string): string {
  const stem = file.replace(/(?:\.(?:gz|xz|bz2|zst|qcow2?|raw|img|disk|bin))+$/i, '');
  const plain = stem
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 80);
  return plain === '' ? 'image' : plain;
}
