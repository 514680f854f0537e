import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeReal } from '@mallee/testing';
import { runCommand } from '@mallee/processes';
import { createInstanceDisk } from './disk-image.js';

describeReal({ programs: ['qemu-img'] }, 'instance disk', () => {
  let directory: string;
  let base: string;
  let target: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mallee-disk-'));
    base = join(directory, 'base');
    target = join(directory, 'disk');
    // A base that begins like a qcow2 file with a backing file must still be read as raw bytes.
    await writeFile(base, Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), Buffer.alloc(100_000, 7)]));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('overlay: stated raw backing, size of the type, base untouched', async () => {
    const before = await readFile(base);
    expect(await createInstanceDisk({ base, target, sizeBytes: 5_000_001, mode: 'overlay' })).toBe('qcow2');
    const stdout = await runCommand('qemu-img', ['info', '--output=json', '-f', 'qcow2', target]);
    expect(JSON.parse(stdout)).toMatchObject({
      'virtual-size': 5_000_192,
      'backing-filename': base,
      'backing-filename-format': 'raw',
    });
    expect(await readFile(base)).toEqual(before);
  });

  it('never gives the guest less than the image, and replaces an earlier attempt', async () => {
    await writeFile(target, 'left over');
    await createInstanceDisk({ base, target, sizeBytes: 0, mode: 'overlay' });
    const stdout = await runCommand('qemu-img', ['info', '--output=json', '-f', 'qcow2', target]);
    expect(JSON.parse(stdout)).toMatchObject({ 'virtual-size': 100_352 });
  });

  it.each(['copy', 'reflink'] as const)('%s: a raw file of the wanted size', async (mode) => {
    expect(await createInstanceDisk({ base, target, sizeBytes: 1 << 20, mode })).toBe('raw');
    expect((await stat(target)).size).toBe(1 << 20);
    expect((await readFile(target)).subarray(0, 100_008)).toEqual(await readFile(base));
  });

  it('reports a typed failure', async () => {
    const attempt = createInstanceDisk({ base: join(directory, 'absent'), target, sizeBytes: 1, mode: 'copy' });
    await expect(attempt).rejects.toMatchObject({ code: 'Node.DiskFailed' });
  });
});
