/** What the first MiB of a raw disk shows. */
export interface DiskContent {
  /** `none`: no partition table, so a file system, a kernel, a ramdisk or nothing. */
  readonly table: 'gpt' | 'mbr' | 'none';
  readonly partitions: number;
  /** Where a boot loader was found. */
  readonly loader: 'bios' | 'efi' | undefined;
  readonly filesystem: 'ext' | 'xfs' | 'btrfs' | 'iso9660' | undefined;
  /** A kernel or ramdisk by itself. */
  readonly boots: 'kernel' | 'ramdisk' | undefined;
}

const SECTOR = 512;
const EFI_SYSTEM = '28732ac11ff8d211ba4b00a0c93ec93b';
const BIOS_BOOT = '4861682149646f6e744e656564454649';

/** Looks at the first bytes of a raw image (up to 1 MiB). */
export function diskContentOf(head: Buffer): DiskContent {
  const filesystem = filesystemOf(head);
  const boots = loneKernelOf(head);
  const partitions = mbrPartitions(head);
  // A kernel and some file systems carry the mark of a boot record too: entries that make sense decide.
  if (boots !== undefined || partitions === undefined) {
    return { table: 'none', partitions: 0, loader: undefined, filesystem, boots };
  }
  const biosCode = head.subarray(0, 440).some((byte) => byte !== 0);
  if (!partitions.includes(0xee)) {
    const efi = partitions.includes(0xef);
    const loader = biosCode ? 'bios' : efi ? 'efi' : undefined;
    return { table: 'mbr', partitions: partitions.length, loader, filesystem, boots };
  }
  const types = gptTypes(head);
  // Windows and others leave a stub in the protective record: with GPT, the BIOS needs a partition for its boot code.
  const loader = types.includes(BIOS_BOOT) && biosCode ? 'bios' : types.includes(EFI_SYSTEM) ? 'efi' : undefined;
  return { table: 'gpt', partitions: types.length, loader, filesystem, boots };
}

/** One line for people. */
export function describeContent({ table, partitions, loader, filesystem, boots }: DiskContent): string {
  if (boots !== undefined) return `a ${boots}`;
  if (table === 'none')
    return filesystem === undefined ? 'no partition table, no known file system' : `a bare ${filesystem} file system`;
  const how = loader === undefined ? 'no boot loader' : `${loader.toUpperCase()} boot loader`;
  return `${table.toUpperCase()}, ${partitions} partition${partitions === 1 ? '' : 's'}, ${how}`;
}

/** Types of the used entries of a boot record; undefined when there is none. */
function mbrPartitions(head: Buffer): number[] | undefined {
  if (head.length < SECTOR || head.readUInt16BE(510) !== 0x55aa) return undefined;
  const types: number[] = [];
  for (let at = 446; at < 510; at += 16) {
    const [status, type, sectors] = [head[at] ?? 0, head[at + 4] ?? 0, head.readUInt32LE(at + 12)];
    if (status !== 0 && status !== 0x80) return undefined;
    if (type !== 0 && sectors > 0) types.push(type);
  }
  return types.length === 0 ? undefined : types;
}

function gptTypes(head: Buffer): string[] {
  if (head.toString('latin1', SECTOR, SECTOR + 8) !== 'EFI PART' || head.length < 2 * SECTOR) return [];
  const first = Number(head.readBigUInt64LE(SECTOR + 72)) * SECTOR;
  const [count, size] = [head.readUInt32LE(SECTOR + 80), head.readUInt32LE(SECTOR + 84)];
  if (size < 128 || size > 4096 || count > 1024) return [];
  const types: string[] = [];
  for (let at = first; types.length < count && at + size <= head.length && at < first + count * size; at += size) {
    const type = head.toString('hex', at, at + 16);
    if (!/^0+$/.test(type)) types.push(type);
  }
  return types;
}

function filesystemOf(head: Buffer): DiskContent['filesystem'] {
  if (head.length > 1082 && head.readUInt16LE(1080) === 0xef53) return 'ext';
  if (head.toString('latin1', 0, 4) === 'XFSB') return 'xfs';
  if (head.toString('latin1', 0x10040, 0x10048) === '_BHRfS_M') return 'btrfs';
  if (head.toString('latin1', 0x8001, 0x8006) === 'CD001') return 'iso9660';
  return undefined;
}

function loneKernelOf(head: Buffer): DiskContent['boots'] {
  if (head.toString('latin1', 0x202, 0x206) === 'HdrS') return 'kernel';
  if (head.toString('latin1', 0x38, 0x3c) === 'ARMd') return 'kernel';
  if (/^07070[127]/.test(head.toString('latin1', 0, 6))) return 'ramdisk';
  return undefined;
}
