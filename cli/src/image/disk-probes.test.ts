import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeReal, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { describeContent, diskContentOf } from './disk-content.js';
import { compressionOf, diskFormatOf } from './disk-format.js';
import { readQcow2Header } from './qcow2-header.js';

const run = promisify(execFile);
const GIB = 1024 ** 3;
const refusal = (work: () => unknown): string => {
  try {
    return JSON.stringify(work());
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
};

describe('formats by their first bytes', () => {
  it('knows compressions, qcow2 and what is not taken', () => {
    expect(compressionOf(gzipSync('x'))).toBe('gzip');
    expect(compressionOf(Buffer.from('fd377a585a0000', 'hex'))).toBe('xz');
    expect(compressionOf(Buffer.alloc(10))).toBeUndefined();
    expect(diskFormatOf(Buffer.from('514649fb00000003', 'hex'))).toBe('qcow2');
    expect(diskFormatOf(Buffer.alloc(512))).toBe('raw');
    expect(diskFormatOf(Buffer.alloc(0))).toBe('raw');
    for (const foreign of ['KDMV', '# Disk DescriptorFile', 'conectix', 'vhdxfile', '<<< Oracle', 'PK\u0003\u0004']) {
      expect(refusal(() => diskFormatOf(Buffer.from(foreign)))).toMatch(/^Image.FormatRefused/);
    }
  });
});

describe('content of raw disks', () => {
  const record = (...types: number[]): Buffer => {
    const head = Buffer.alloc(2048);
    types.forEach((type, index) => {
      head[446 + 16 * index + 4] = type;
      head.writeUInt32LE(2048, 446 + 16 * index + 12);
    });
    head.writeUInt16BE(0x55aa, 510);
    return head;
  };

  it('finds partitions and boot loaders', () => {
    const bare = record(0x83);
    expect(diskContentOf(bare)).toMatchObject({ table: 'mbr', partitions: 1, loader: undefined });
    bare.write('GRUB', 100);
    expect(diskContentOf(bare)).toMatchObject({ table: 'mbr', loader: 'bios' });
    expect(describeContent(diskContentOf(bare))).toBe('MBR, 1 partition, BIOS boot loader');
    const gpt = Buffer.concat([record(0xee).subarray(0, 512), Buffer.alloc(40 * 512)]);
    gpt.write('EFI PART', 512);
    gpt.writeBigUInt64LE(2n, 512 + 72);
    gpt.writeUInt32LE(128, 512 + 80);
    gpt.writeUInt32LE(128, 512 + 84);
    expect(diskContentOf(gpt)).toMatchObject({ table: 'gpt', partitions: 0, loader: undefined });
    gpt.write('28732ac11ff8d211ba4b00a0c93ec93b', 1024, 'hex');
    expect(diskContentOf(gpt)).toMatchObject({ table: 'gpt', partitions: 1, loader: 'efi' });
  });

  it('finds file systems, kernels and ramdisks, and takes nothing for a table that is none', () => {
    const ext = Buffer.alloc(2048);
    ext.writeUInt16LE(0xef53, 1080);
    expect(diskContentOf(ext)).toMatchObject({ table: 'none', filesystem: 'ext' });
    const kernel = record(0x83);
    kernel.write('HdrS', 0x202);
    expect(diskContentOf(kernel)).toMatchObject({ table: 'none', boots: 'kernel' });
    expect(diskContentOf(Buffer.from('070701000000'))).toMatchObject({ boots: 'ramdisk' });
    const odd = record(0x83);
    odd[446] = 0x17;
    expect(diskContentOf(odd).table).toBe('none');
    for (const length of [0, 1, 511, 512, 513, 1081, 1083]) {
      expect(diskContentOf(Buffer.alloc(length, 0xff)).table).toBe('none');
      expect(diskContentOf(record(0xee).subarray(0, length)).partitions).toBe(0);
    }
  });
});

describeReal({ programs: ['qemu-img'] }, 'qcow2 files of qemu-img', () => {
  let scratch: ScratchDirectory;
  beforeAll(() => void (scratch = scratchDirectory()));
  afterAll(() => scratch.remove());
  const at = (name: string): string => join(scratch.path, name);
  const make = async (name: string, ...args: string[]): Promise<Buffer> => {
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...args.slice(0, -1), at(name), ...args.slice(-1)]);
    return (await readFile(at(name))).subarray(0, 1024 * 1024);
  };
  const read = (head: Buffer): string => refusal(() => readQcow2Header(head, GIB));

  it('are taken when they stand alone', async () => {
    expect(read(await make('a', '1M'))).toBe('{"version":3,"virtualSize":1048576,"dirty":false}');
    expect(read(await make('b', '-o', 'compat=0.10', '1M'))).toBe('{"version":2,"virtualSize":1048576,"dirty":false}');
    expect(read(await make('c', '-o', 'compression_type=zstd,extended_l2=on,cluster_size=128k', '1M'))).toContain(
      '1048576',
    );
    expect(read(await make('d', '2G'))).toMatch(/^Image.TooLarge/);
  });

  it('are refused when they lead to other files, are encrypted or damaged', async () => {
    await writeFile(at('secret'), Buffer.alloc(1024 * 1024));
    const backed = await make('e', '-b', at('secret'), '-F', 'raw', '1M');
    expect(read(backed)).toMatch(/^Image.FormatRefused.*backing file/);
    expect(read(await make('f', '-o', `data_file=${at('data')},data_file_raw=on`, '1M'))).toMatch(
      /^Image.FormatRefused.*data/,
    );
    const good = await make('g', '1M');
    const changed = (at: number, value: number): string => {
      const copy = Buffer.from(good);
      copy.writeUInt32BE(value, at);
      return read(copy);
    };
    expect(changed(4, 4)).toMatch(/version 4/);
    expect(changed(16, 5)).toMatch(/backing file/);
    expect(changed(12, 0x70)).toMatch(/backing file/);
    expect(changed(32, 2)).toMatch(/encrypted/);
    expect(changed(20, 40)).toMatch(/cluster size/);
    expect(changed(76, 2)).toMatch(/corrupt/);
    expect(changed(76, 4)).toMatch(/another file/);
    expect(changed(76, 0x80)).toMatch(/features/);
    expect(changed(24, 0xffffffff)).toMatch(/^Image.TooLarge/);
    expect(changed(100, 0xfffffff0)).toMatch(/no end/);
    expect(read(good.subarray(0, 50))).toMatch(/cut off/);
    expect(refusal(() => readQcow2Header(Buffer.alloc(200), GIB))).toMatch(/version 0/);
  });
});
