import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '@mallee/processes';
import { describeReal, scratchDirectory } from '@mallee/testing';
import fc from 'fast-check';
import { seedDisk } from './seed-disk.js';

const at = new Date('2026-11-22T10:20:30Z');

/** Reads a volume back by the positions of the standard. */
function readVolume(image: Buffer): { label: string; files: Record<string, Buffer> } {
  const root = image.readUInt32LE(16 * 2048 + 156 + 2) * 2048;
  const files: Record<string, Buffer> = {};
  for (let at = root; image[at] !== 0; at += image[at] ?? 1) {
    const [sector, bytes] = [image.readUInt32LE(at + 2), image.readUInt32LE(at + 10)];
    const name = image.toString('latin1', at + 33, at + 33 + (image[at + 32] ?? 0));
    if (name.length > 1) files[name] = image.subarray(sector * 2048, sector * 2048 + bytes);
  }
  return { label: image.toString('latin1', 16 * 2048 + 40, 16 * 2048 + 72).trimEnd(), files };
}

describe('seed disk', () => {
  it('gives the same bytes for the same files', () => {
    const files = [{ name: 'meta-data', content: 'instance-id: i-1\n' }];
    expect(seedDisk(files)).toEqual(seedDisk(files));
    expect(readVolume(seedDisk(files, { label: 'other' }))).toEqual({
      label: 'other',
      files: { 'META-DATA.;1': Buffer.from('instance-id: i-1\n') },
    });
  });

  it('refuses more files than one directory sector takes', () => {
    const files = Array.from({ length: 60 }, (_, index) => ({ name: `file-${index}`, content: '' }));
    expect(() => seedDisk(files)).toThrow(RangeError);
  });

  it('keeps contents of any size', () => {
    const content = fc.uint8Array({ maxLength: 10_000 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(content, content, (one, two) => {
        const given = [
          { name: 'user-data', content: two },
          { name: 'meta-data', content: one },
        ];
        const image = seedDisk(given, { at });
        expect(image.length % 2048).toBe(0);
        expect(image.readUInt32LE(16 * 2048 + 80)).toBe(image.length / 2048);
        const { label, files } = readVolume(image);
        expect(label).toBe('cidata');
        expect(Object.keys(files)).toEqual(['META-DATA.;1', 'USER-DATA.;1']);
        expect(files['META-DATA.;1']).toEqual(one);
        expect(files['USER-DATA.;1']).toEqual(two);
      }),
      { numRuns: 50 },
    );
  });
});

// That Linux shows the names in lower case is seen by the real guest, which mounts this disk.
describeReal({ programs: ['blkid'] }, 'seed disk on Linux', () => {
  it('is found by its label', async () => {
    const scratch = scratchDirectory();
    try {
      const file = join(scratch.path, 'seed.iso');
      writeFileSync(file, seedDisk([{ name: 'meta-data', content: 'instance-id: i-1\n' }], { at }));
      expect((await runCommand('blkid', ['-p', '-o', 'value', '-s', 'LABEL', file])).trim()).toBe('cidata');
    } finally {
      scratch.remove();
    }
  });
});
