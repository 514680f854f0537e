import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeReal, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { VolumeFiles } from './volume-files.js';

const MIB = 2 ** 20;
let scratch: ScratchDirectory;
let files: VolumeFiles;

beforeEach(async () => {
  scratch = scratchDirectory();
  files = new VolumeFiles(join(scratch.path, 'volumes'));
  await files.prepare();
});
afterEach(() => scratch.remove());

const names = (): string[] => readdirSync(files.directory).sort();

describe('create', () => {
  test('makes a file of holes, readable by nobody else, and leaves nothing beside it', async () => {
    await files.create('vol-00000001', 3 * MIB);
    const found = statSync(files.pathOf('vol-00000001'));
    expect([found.size, found.blocks, found.mode & 0o777]).toEqual([3 * MIB, 0, 0o600]);
    expect(names()).toEqual(['orphans', 'vol-00000001.raw']);
  });

  test('never replaces a file', async () => {
    writeFileSync(files.pathOf('vol-00000001'), 'data');
    await expect(files.create('vol-00000001', MIB)).rejects.toMatchObject({ code: 'Storage.FileSystemFailed' });
    expect(readFileSync(files.pathOf('vol-00000001'), 'utf8')).toBe('data');
    expect(names()).toEqual(['orphans', 'vol-00000001.raw']);
  });

  test('takes over what a killed creation left', async () => {
    writeFileSync(join(files.directory, 'vol-00000001.partial'), 'half');
    await files.create('vol-00000001', MIB);
    expect(await files.state('vol-00000001', MIB)).toBe('good');
    expect(names()).toEqual(['orphans', 'vol-00000001.raw']);
  });

  test('a size that the file system cannot hold is Storage.NoSpace, and nothing is left', async () => {
    await expect(files.create('vol-00000001', Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
      code: 'Storage.NoSpace',
    });
    expect(names()).toEqual(['orphans']);
  });
});

test('state: good, of another size, missing', async () => {
  await files.create('vol-00000001', MIB);
  expect(await files.state('vol-00000001', MIB)).toBe('good');
  truncateSync(files.pathOf('vol-00000001'), 1);
  expect(await files.state('vol-00000001', MIB)).toBe('wrong-size');
  await files.remove('vol-00000001');
  await files.remove('vol-00000001');
  expect(await files.state('vol-00000001', MIB)).toBe('missing');
});

test('sweep removes unfinished files and nothing else', async () => {
  await files.create('vol-00000001', MIB);
  writeFileSync(join(files.directory, 'vol-00000002.partial'), '');
  await files.sweep();
  expect(names()).toEqual(['orphans', 'vol-00000001.raw']);
});

test('list gives volume files only', async () => {
  await files.create('vol-00000001', MIB);
  writeFileSync(join(files.directory, 'vol-XYZ.raw'), '');
  writeFileSync(join(files.directory, 'notes.txt'), '');
  expect(await files.list()).toEqual(['vol-00000001']);
});

test('setAside keeps the data', async () => {
  writeFileSync(files.pathOf('vol-00000001'), 'data');
  const path = await files.setAside('vol-00000001');
  expect(readFileSync(path ?? '', 'utf8')).toBe('data');
  expect(await files.setAside('vol-00000001')).toBeUndefined();
});

test('space counts holes as promised, and data not twice', async () => {
  await files.create('vol-00000001', 4 * MIB);
  expect((await files.space()).promised).toBe(4 * MIB);
  writeFileSync(files.pathOf('vol-00000001'), Buffer.alloc(4 * MIB, 1));
  expect((await files.space()).promised).toBe(0);
});

test('a probe for reflinks leaves nothing', async () => {
  expect(typeof (await files.canReflink())).toBe('boolean');
  expect(names()).toEqual(['orphans']);
});

describeReal({ root: true, programs: ['mount', 'umount'] }, 'on a file system without room', () => {
  let mounted: string;
  beforeEach(() => {
    mounted = join(scratch.path, 'full');
    mkdirSync(mounted);
    // Room for the root directory, orphans/, and one volume: tmpfs counts a second link as an inode.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=4', 'tmpfs', mounted]);
  });
  afterEach(() => {
    execFileSync('umount', [mounted]);
  });

  test('a creation is Storage.NoSpace and leaves nothing', async () => {
    const small = new VolumeFiles(mounted);
    await small.prepare();
    await small.create('vol-00000001', MIB);
    await expect(small.create('vol-00000002', MIB)).rejects.toMatchObject({ code: 'Storage.NoSpace' });
    expect(readdirSync(mounted).sort()).toEqual(['orphans', 'vol-00000001.raw']);
  });
});
