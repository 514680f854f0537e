/** A file in the top folder of the seed disk. */
export interface SeedFile {
  readonly name: string;
  readonly content: Buffer | string;
}

const SECTOR = 2048;
const ROOT_SECTOR = 20;

/**
 * A NoCloud seed: an ISO9660 volume (ECMA-119) with one folder of small files, as cloud-init and the tiny guest read it.
 * Names are written in upper case and without extensions; Linux shows `META-DATA.;1` as `meta-data`.
 */
export function seedDisk(files: readonly SeedFile[], label = 'cidata'): Buffer {
  const contents = files.map((file) => ({ name: file.name, content: Buffer.from(file.content) }));
  let next = ROOT_SECTOR + 1;
  const placed = contents.map((file) => {
    const sector = next;
    next += Math.ceil(file.content.length / SECTOR);
    return { ...file, sector };
  });
  const disk = Buffer.alloc(next * SECTOR);
  const root = directoryRecord('\0', ROOT_SECTOR, SECTOR, true);
  primaryDescriptor(label, next, root).copy(disk, 16 * SECTOR);
  terminator().copy(disk, 17 * SECTOR);
  pathTable('LE').copy(disk, 18 * SECTOR);
  pathTable('BE').copy(disk, 19 * SECTOR);
  const records = placed.map((file) =>
    directoryRecord(`${file.name.toUpperCase()}.;1`, file.sector, file.content.length, false),
  );
  Buffer.concat([root, directoryRecord('\x01', ROOT_SECTOR, SECTOR, true), ...records]).copy(
    disk,
    ROOT_SECTOR * SECTOR,
  );
  for (const file of placed) file.content.copy(disk, file.sector * SECTOR);
  return disk;
}

function primaryDescriptor(label: string, sectors: number, root: Buffer): Buffer {
  const block = Buffer.alloc(SECTOR);
  block.writeUInt8(1, 0);
  block.write('CD001\x01', 1, 'latin1');
  block.fill(0x20, 8, 72);
  block.write(label, 40, 32, 'latin1');
  both32(sectors).copy(block, 80);
  both16(1).copy(block, 120);
  both16(1).copy(block, 124);
  both16(SECTOR).copy(block, 128);
  both32(10).copy(block, 132); // size of a path table with the root alone
  block.writeUInt32LE(18, 140);
  block.writeUInt32BE(19, 148);
  root.copy(block, 156);
  block.fill(0x20, 190, 813);
  for (const at of [813, 830, 847, 864]) block.fill('0', at, at + 16); // dates: unspecified, then a zero zone byte
  block.writeUInt8(1, 881);
  return block;
}

function terminator(): Buffer {
  const block = Buffer.alloc(SECTOR);
  block.writeUInt8(255, 0);
  block.write('CD001\x01', 1, 'latin1');
  return block;
}

function pathTable(order: 'LE' | 'BE'): Buffer {
  const table = Buffer.alloc(10);
  table.writeUInt8(1, 0);
  if (order === 'LE') table.writeUInt32LE(ROOT_SECTOR, 2);
  else table.writeUInt32BE(ROOT_SECTOR, 2);
  if (order === 'LE') table.writeUInt16LE(1, 6);
  else table.writeUInt16BE(1, 6);
  return table;
}

function directoryRecord(name: string, sector: number, size: number, folder: boolean): Buffer {
  const identifier = Buffer.from(name, 'latin1');
  const record = Buffer.alloc(33 + identifier.length + (identifier.length % 2 === 0 ? 1 : 0));
  record.writeUInt8(record.length, 0);
  both32(sector).copy(record, 2);
  both32(size).copy(record, 10);
  record.set([70, 1, 1, 0, 0, 0, 0], 18); // 1970-01-01
  record.writeUInt8(folder ? 2 : 0, 25);
  both16(1).copy(record, 28);
  record.writeUInt8(identifier.length, 32);
  identifier.copy(record, 33);
  return record;
}

/** ECMA-119 7.3.3: the number in both byte orders. */
function both32(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(value, 0);
  buffer.writeUInt32BE(value, 4);
  return buffer;
}

function both16(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt16LE(value, 0);
  buffer.writeUInt16BE(value, 2);
  return buffer;
}
