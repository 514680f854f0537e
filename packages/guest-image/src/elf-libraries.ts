const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PT_LOAD = 1;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

export interface ElfLibraries {
  /** Path of the dynamic loader, absent for libraries and static programs. */
  readonly interpreter: string | undefined;
  /** File names of the shared libraries the file asks for (DT_NEEDED). */
  readonly needed: readonly string[];
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly size: number;
}

/** What a 64-bit little-endian ELF file needs at run time (System V ABI, program headers and dynamic section). */
export function elfLibraries(file: Buffer): ElfLibraries {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    return { interpreter: undefined, needed: [] };
  const segments = programHeaders(file);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  const interpreter = segments.find((segment) => segment.type === PT_INTERP);
  return {
    interpreter: interpreter && textAt(file, interpreter.offset),
    needed: dynamic === undefined ? [] : neededNames(file, segments, dynamic),
  };
}

function programHeaders(file: Buffer): Segment[] {
  const start = Number(file.readBigUInt64LE(32));
  const entrySize = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = start + index * entrySize;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: file.readBigUInt64LE(at + 16),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function neededNames(file: Buffer, segments: readonly Segment[], dynamic: Segment): string[] {
  const offsets: bigint[] = [];
  let strings = 0n;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = file.readBigInt64LE(at);
    const value = file.readBigUInt64LE(at + 8);
    if (tag === DT_NEEDED) offsets.push(value);
    if (tag === DT_STRTAB) strings = value;
  }
  const load = segments.find(
    (segment) =>
      segment.type === PT_LOAD && strings >= segment.address && strings < segment.address + BigInt(segment.size),
  );
  if (load === undefined) return [];
  const table = load.offset + Number(strings - load.address);
  return offsets.map((offset) => textAt(file, table + Number(offset)));
}

function textAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}
