import { MalleeError } from '@mallee/errors';

/** What matters of the header of a qcow2 file. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  /** Bytes of the disk inside. */
  readonly virtualSize: number;
  /** Not closed cleanly: its counts of references may be wrong, its data are not. */
  readonly dirty: boolean;
}

/** Incompatible features that change nothing about where the bytes are: dirty, compression type, extended L2 entries. */
const HARMLESS = 0b0001_1001n;
const DIRTY = 0b0001n;
const CORRUPT = 0b0010n;
const EXTERNAL_DATA = 0b0100n;
const EXTENSION_END = 0;
const EXTENSION_BACKING_FORMAT = 0xe2792aca;
const EXTENSION_DATA_FILE = 0x44415441;
const EXTENSION_LUKS = 0x0537be77;

/**
 * Reads the header and refuses whatever would make qemu-img open another file (a backing file, an external data file: both name files
 * of this machine, which would end up in the image), encryption, damage and unknown features. `head` holds the first cluster or
 * 1 MiB. Throws `Image.FormatRefused`, `Image.TooLarge`.
 */
export function readQcow2Header(head: Buffer, maxBytes: number): Qcow2Header {
  if (head.length < 104) throw refused('its header is cut off');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw refused(`it has version ${version}`);
  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0) throw refused('it has a backing file');
  if (head.readUInt32BE(32) !== 0) throw refused('it is encrypted');
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw refused('its cluster size is out of range');
  let dirty = false;
  if (version === 3) {
    const features = head.readBigUInt64BE(72);
    if ((features & EXTERNAL_DATA) !== 0n) throw refused('it keeps its data in another file');
    if ((features & CORRUPT) !== 0n) throw refused('it is marked as corrupt');
    dirty = (features & DIRTY) !== 0n;
    if ((features & ~HARMLESS) !== 0n) throw refused('it needs features that are not known');
  }
  checkExtensions(head, version === 3 ? head.readUInt32BE(100) : 72);
  const size = head.readBigUInt64BE(24);
  if (size > BigInt(maxBytes)) {
    throw new MalleeError('Image.TooLarge', `the disk inside has ${size} bytes, ${maxBytes} are allowed`);
  }
  return { version, virtualSize: Number(size), dirty };
}

function checkExtensions(head: Buffer, start: number): void {
  let at = start;
  for (let count = 0; at + 8 <= head.length && count < 64; count++) {
    const [type, length] = [head.readUInt32BE(at), head.readUInt32BE(at + 4)];
    if (type === EXTENSION_END) return;
    if (type === EXTENSION_DATA_FILE) throw refused('it names an external data file');
    if (type === EXTENSION_BACKING_FORMAT) throw refused('it names the format of a backing file');
    if (type === EXTENSION_LUKS) throw refused('it is encrypted');
    at += 8 + Math.ceil(length / 8) * 8;
  }
  throw refused('its header extensions have no end');
}

function refused(reason: string): MalleeError {
  return new MalleeError('Image.FormatRefused', `qcow2: ${reason}`);
}
