import { MalleeError } from '@mallee/errors';

/** What a disk image can be taken as. */
export type DiskFormat = 'raw' | 'qcow2';
export type Compression = 'gzip' | 'xz' | 'bzip2' | 'zstd';

/** Bytes at the begin of a file that are enough for everything in this folder. */
export const HEAD_BYTES = 1024 * 1024;

const COMPRESSIONS: readonly (readonly [string, Compression])[] = [
  ['1f8b08', 'gzip'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['28b52ffd', 'zstd'],
];

const FOREIGN: readonly (readonly [number, string, string])[] = [
  [0, '4b444d56', 'VMDK'],
  [0, '434f5744', 'VMDK (old)'],
  [0, '23204469736b2044657363', 'VMDK descriptor'],
  [0, '636f6e6563746978', 'VHD'],
  [0, '7668647866696c65', 'VHDX'],
  [0, '3c3c3c20', 'VDI'],
  [0, '51454400', 'QED'],
  [0, '576974686f757446', 'Parallels'],
  [0, '576974686f757453', 'Parallels'],
  [0, '4c554b53babe', 'LUKS'],
  [0, '504b0304', 'zip archive'],
  [0, '377abcaf271c', '7z archive'],
  [257, '7573746172', 'tar archive (an OVA?)'],
];

const QCOW2 = 0x514649fb;

/** How the file is compressed, by its first bytes; undefined when it is not. */
export function compressionOf(head: Buffer): Compression | undefined {
  return COMPRESSIONS.find(([magic]) => startsWith(head, 0, magic))?.[1];
}

/**
 * The format of a disk image by its first bytes. Throws `Image.FormatRefused` for formats that are not taken. Whatever has no known
 * mark is raw.
 */
export function diskFormatOf(head: Buffer): DiskFormat {
  const foreign = FOREIGN.find(([at, magic]) => startsWith(head, at, magic));
  if (foreign !== undefined)
    throw new MalleeError('Image.FormatRefused', `the image is a ${foreign[2]}, not a raw or qcow2 disk`);
  return head.length >= 4 && head.readUInt32BE(0) === QCOW2 ? 'qcow2' : 'raw';
}

function startsWith(head: Buffer, at: number, hex: string): boolean {
  const magic = Buffer.from(hex, 'hex');
  return head.subarray(at, at + magic.length).equals(magic);
}
