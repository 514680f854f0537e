const SECTOR = 2048;
const SYSTEM_SECTORS = 16;

/** A file in the top folder of the seed disk. */
export interface SeedFile {
  /** Letters, digits, `-`, `_`; no dot. Linux shows it in lower case. */
  readonly name: string;
  readonly content: Buffer | string;
}

export interface SeedDiskOptions {
  /** Volume identifier, kept as given; default `cidata`, which cloud-init looks for. */
  readonly label?: string;
  /** Time of the volume and its files; default 1970, so that the same files give the same bytes. */
  readonly at?: Date;
}

interface Placed {
  readonly name: string;
  readonly content: Buffer;
  readonly sector: number;
}

/**
 * A NoCloud seed: a read-only ISO 9660 volume with files in its root directory: one volume descriptor, the two path
 * tables, one directory, the contents. Names are written in capitals as the standard wants; Linux maps `META-DATA.;1` to
 * `meta-data`. Source: ECMA-119.
 * @throws RangeError when the files do not fit into one directory sector
 */
export function seedDisk(files: readonly SeedFile[], options: SeedDiskOptions = {}): Buffer {
  const { label = 'cidata', at = new Date(0) } = options;
  // Sectors: system area, primary descriptor, terminator, little and big endian path table, root directory, contents.
  const pathTable = SYSTEM_SECTORS + 2;
  const root = pathTable + 2;
  let next = root + 1;
  const placed = [...files]
    .sort((a, b) => (fileIdentifier(a) < fileIdentifier(b) ? -1 : 1))
    .map(({ name, content }): Placed => {
      const bytes = Buffer.from(content);
      const sector = next;
      next += Math.ceil(bytes.length / SECTOR);
      return { name, content: bytes, sector };
    });
  const image = Buffer.alloc(next * SECTOR);
  primaryDescriptor(label, next, pathTable, root, at).copy(image, SYSTEM_SECTORS * SECTOR);
  Buffer.from([255, ...Buffer.from('CD001'), 1]).copy(image, (SYSTEM_SECTORS + 1) * SECTOR);
  pathTableEntry(root, 'little').copy(image, pathTable * SECTOR);
  pathTableEntry(root, 'big').copy(image, (pathTable + 1) * SECTOR);
  rootDirectory(root, placed, at).copy(image, root * SECTOR);
  for (const file of placed) file.content.copy(image, file.sector * SECTOR);
  return image;
}

function primaryDescriptor(label: string, sectors: number, pathTable: number, root: number, at: Date): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.writeUInt8(1, 0);
  sector.write('CD001', 1, 'latin1');
  sector.writeUInt8(1, 6);
  sector.fill(0x20, 8, 72); // system and volume identifiers
  sector.write(label.slice(0, 32), 40, 'latin1');
  both32(sector, sectors, 80);
  both16(sector, 1, 120); // volume set size
  both16(sector, 1, 124); // sequence number
  both16(sector, SECTOR, 128);
  both32(sector, PATH_TABLE_BYTES, 132);
  sector.writeUInt32LE(pathTable, 140);
  sector.writeUInt32BE(pathTable + 1, 148);
  directoryRecord('\0', root, SECTOR, true, at).copy(sector, 156);
  sector.fill(0x20, 190, 813); // identifiers of publisher, preparer, application and three files
  for (const offset of [813, 830, 847, 864]) longTime(sector, offset, offset === 847 ? undefined : at);
  sector.writeUInt8(1, 881);
  return sector;
}

const PATH_TABLE_BYTES = 10;

function pathTableEntry(root: number, order: 'little' | 'big'): Buffer {
  const entry = Buffer.alloc(PATH_TABLE_BYTES);
  entry.writeUInt8(1, 0);
  if (order === 'little') {
    entry.writeUInt32LE(root, 2);
    entry.writeUInt16LE(1, 6);
  } else {
    entry.writeUInt32BE(root, 2);
    entry.writeUInt16BE(1, 6);
  }
  return entry;
}

function rootDirectory(root: number, files: readonly Placed[], at: Date): Buffer {
  const records = [
    directoryRecord('\0', root, SECTOR, true, at),
    directoryRecord('\x01', root, SECTOR, true, at),
    ...files.map((file) => directoryRecord(fileIdentifier(file), file.sector, file.content.length, false, at)),
  ];
  const directory = Buffer.concat(records);
  // A record must not cross a sector; with a handful of short names all fit into the first.
  if (directory.length > SECTOR) throw new RangeError('too many files for one directory sector');
  return directory;
}

function directoryRecord(identifier: string, sector: number, bytes: number, isDirectory: boolean, at: Date): Buffer {
  const length = 33 + identifier.length + (identifier.length % 2 === 0 ? 1 : 0);
  const record = Buffer.alloc(length);
  record.writeUInt8(length, 0);
  both32(record, sector, 2);
  both32(record, bytes, 10);
  const time = [at.getUTCFullYear() - 1900, at.getUTCMonth() + 1, at.getUTCDate()];
  Buffer.from([...time, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), 0]).copy(record, 18);
  record.writeUInt8(isDirectory ? 2 : 0, 25);
  both16(record, 1, 28);
  record.writeUInt8(identifier.length, 32);
  record.write(identifier, 33, 'latin1');
  return record;
}

function fileIdentifier({ name }: { readonly name: string }): string {
  return `${name.toUpperCase()}.;1`;
}

/** 17 bytes: sixteen digits and the offset from UTC; zeros mean "not given". */
function longTime(sector: Buffer, offset: number, at: Date | undefined): void {
  const digits = at === undefined ? '0'.repeat(16) : `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}00`;
  sector.write(digits, offset, 'latin1');
}

function both16(buffer: Buffer, value: number, offset: number): void {
  buffer.writeUInt16LE(value, offset);
  buffer.writeUInt16BE(value, offset + 2);
}

function both32(buffer: Buffer, value: number, offset: number): void {
  buffer.writeUInt32LE(value, offset);
  buffer.writeUInt32BE(value, offset + 4);
}
