import { MalleeError } from '@mallee/errors';
import { BlockReader } from './block-reader.js';
import { archiveRefused, isZero, readTarHeader, TAR_BLOCK, type TarHeader } from './tar-header.js';
import { readSparseMap } from './tar-sparse.js';

const ZEROS = Buffer.alloc(64 * 1024);
const MAX_EXTRA_HEADER = 64 * 1024;

/**
 * The content of the one regular file in a tar stream, holes as zeros. `size` is what the file must have; it is compared
 * before the first byte is given out. Refused: a second member, links, folders, devices, absolute names, `..`.
 * Reads to the end of the stream. Throws `Image.ArchiveRefused`, `Image.TooLarge`, `Image.DigestMismatch` (too short).
 */
export async function* tarContent(tar: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer, void, undefined> {
  const reader = new BlockReader(tar);
  const header = await readFileHeader(reader);
  if (header.type === 'S') yield* sparseContent(reader, header, size);
  else if (header.type === '0' || header.type === '7') yield* plainContent(reader, header.size, size);
  else throw archiveRefused(`a member of type ${JSON.stringify(header.type)} is not a plain file`);
  await skipPadding(reader, header.size);
  await readEnd(reader);
}

async function readFileHeader(reader: BlockReader): Promise<TarHeader> {
  let extra: { name?: string; size?: number } = {};
  for (;;) {
    const header = readTarHeader(await takeBlock(reader));
    if (header === undefined) throw archiveRefused('it is empty');
    if (header.type !== 'x' && header.type !== 'g' && header.type !== 'L') {
      const found = { ...header, ...extra };
      requireRelative(found.name);
      return found;
    }
    if (header.size > MAX_EXTRA_HEADER) throw archiveRefused('an extended header is too large');
    const content = await reader.take(header.size);
    if (content === undefined) throw truncated();
    await skipPadding(reader, header.size);
    if (header.type === 'L') extra = { ...extra, name: content.toString('utf8').replace(/\0.*$/s, '') };
    else extra = { ...extra, ...readPax(content) };
  }
}

/** POSIX extended records: `LENGTH KEY=VALUE\n`, the length counting the whole record. */
function readPax(content: Buffer): { name?: string; size?: number } {
  const result: { name?: string; size?: number } = {};
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, space < 0 ? at : space));
    const record = content.toString('utf8', space + 1, at + length);
    const equals = record.indexOf('=');
    if (space < 0 || !(length > 0) || at + length > content.length || equals < 1 || !record.endsWith('\n')) {
      throw archiveRefused('an extended header is malformed');
    }
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1, -1)];
    if (key.startsWith('GNU.sparse.'))
      throw archiveRefused('the PAX form of sparse files is not supported: use GNU tar -S');
    if (key === 'path') result.name = value;
    if (key === 'size') result.size = paxSize(value);
    at += length;
  }
  return result;
}

function paxSize(value: string): number {
  const size = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw archiveRefused('an extended header has no usable size');
  return size;
}

function requireRelative(name: string): void {
  if (name === '' || name.startsWith('/') || name.includes('\0') || name.split(/[/\\]/).includes('..')) {
    throw archiveRefused(`the file name ${JSON.stringify(name.slice(0, 80))} is not relative`);
  }
}

function requireSize(found: number, expected: number): void {
  if (found > expected)
    throw new MalleeError('Image.TooLarge', `the image has ${found} bytes, the manifest says ${expected}`);
  if (found < expected)
    throw new MalleeError('Image.DigestMismatch', `the image has ${found} bytes, the manifest says ${expected}`);
}

async function* plainContent(
  reader: BlockReader,
  stored: number,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  requireSize(stored, size);
  yield* copy(reader, stored);
}

async function* sparseContent(
  reader: BlockReader,
  header: TarHeader,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  const map = await readSparseMap(header.block, header.size, reader);
  requireSize(map.size, size);
  let at = 0;
  for (const run of map.runs) {
    yield* zeros(run.offset - at);
    yield* copy(reader, run.length);
    at = run.offset + run.length;
  }
  yield* zeros(size - at);
}

async function* copy(reader: BlockReader, length: number): AsyncGenerator<Buffer, void, undefined> {
  let missing = length;
  while (missing > 0) {
    const piece = await reader.upTo(missing);
    if (piece === undefined) throw truncated();
    missing -= piece.length;
    yield piece;
  }
}

function* zeros(length: number): Generator<Buffer, void, undefined> {
  for (let left = length; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left);
}

async function takeBlock(reader: BlockReader): Promise<Buffer> {
  const block = await reader.take(TAR_BLOCK);
  if (block === undefined) throw truncated();
  return block;
}

async function skipPadding(reader: BlockReader, size: number): Promise<void> {
  const length = (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
  if (length > 0 && (await reader.take(length)) === undefined) throw truncated();
}

/** The end is a block of zeros or more; anything else would be another member or something smuggled in behind. */
async function readEnd(reader: BlockReader): Promise<void> {
  if (readTarHeader(await takeBlock(reader)) !== undefined) throw archiveRefused('it holds more than one file');
  for (;;) {
    const piece = await reader.upTo(ZEROS.length);
    if (piece === undefined) return;
    if (!isZero(piece)) throw archiveRefused('there is something behind its end');
  }
}

function truncated(): MalleeError {
  return new MalleeError('Image.DigestMismatch', 'the archive in the bundle ends too early');
}
