import { MalleeError } from '@mallee/errors';

export const TAR_BLOCK = 512;
/** tar writes whole records of 20 blocks. */
export const TAR_RECORD = 20 * TAR_BLOCK;

export interface TarHeader {
  readonly name: string;
  /** Bytes of the member as stored. */
  readonly size: number;
  /** Type flag as a character; NUL is given as '0'. */
  readonly type: string;
  readonly block: Buffer;
}

export function archiveRefused(reason: string): MalleeError {
  return new MalleeError('Image.ArchiveRefused', `archive in the bundle: ${reason}`);
}

/** The header in a block (POSIX ustar or GNU); undefined for a block of zeros, which marks the end. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  if (isZero(block)) return undefined;
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (sum !== tarNumber(block, 148, 8)) throw archiveRefused('a header has a wrong checksum');
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? textField(block, 345, 155) : '';
  const name = textField(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: tarNumber(block, 124, 12),
    type: block[156] === 0 ? '0' : block.toString('latin1', 156, 157),
    block,
  };
}

/** A number field: octal text, or base 256 if its first bit is set. */
export function tarNumber(block: Buffer, offset: number, length: number): number {
  const field = block.subarray(offset, offset + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.reduce((total, byte, at) => total * 256 + (at === 0 ? byte & 0x7f : byte), 0);
    if (!Number.isSafeInteger(value)) throw archiveRefused('a number is out of range');
    return value;
  }
  const text = field.toString('latin1').replace(/^[ \0]+|[ \0].*$/gs, '');
  if (!/^[0-7]*$/.test(text)) throw archiveRefused('a number is not octal');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** A header for one regular file, as GNU tar writes it. `mtime` is in seconds. */
export function writeTarHeader(name: string, size: number, mtime: number): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  if (Buffer.byteLength(name) > 99) throw archiveRefused('the file name is too long');
  block.write(name, 0);
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100);
  writeSize(block, size);
  block.write(Math.floor(mtime).toString(8).padStart(11, '0'), 136);
  block.write('        0', 148);
  block.write('ustar  \0root', 257);
  block.write('root', 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function writeSize(block: Buffer, size: number): void {
  if (size < 8 ** 11) {
    block.write(size.toString(8).padStart(11, '0'), 124);
  } else {
    block.writeUInt8(0x80, 124);
    block.writeBigUInt64BE(BigInt(size), 128);
  }
}

function textField(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

export function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
