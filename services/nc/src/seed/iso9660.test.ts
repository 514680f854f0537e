import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describeReal, scratchDirectory } from '@mallee/testing';
import fc from 'fast-check';
import { exampleLaunch } from '../test-support/examples.js';
import { buildIso9660 } from './iso9660.js';
import { buildSeed } from './nocloud.js';

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

describe('ISO 9660 writer', () => {
  it('keeps contents of any size', () => {
    const content = fc.uint8Array({ maxLength: 10_000 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(content, content, (one, two) => {
        const image = buildIso9660(
          'cidata',
          [
            { name: 'user-data', content: two },
            { name: 'meta-data', content: one },
          ],
          at,
        );
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

describe('seed disk', () => {
  it('says who the guest is', () => {
    const { files } = readVolume(buildSeed(exampleLaunch({ userData: Buffer.from('data').toString('base64') }), at));
    expect(files['META-DATA.;1']?.toString()).toBe(
      [
        'instance-id: i-0A1B2C3D',
        'local-hostname: ip-10-88-0-9',
        'public-keys:',
        '  - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZha2Vma2FrZWZha2VmYWtlZmFrZWZha2VmYWtl alice"',
        '',
      ].join('\n'),
    );
    expect(files['USER-DATA.;1']?.toString()).toBe('data');
  });

  it('has empty user data when there is none, as cloud-init wants', () => {
    const { files } = readVolume(buildSeed(exampleLaunch({ publicKey: '' }), at));
    expect(files['USER-DATA.;1']?.length).toBe(0);
    expect(files['META-DATA.;1']?.toString()).not.toContain('public-keys');
  });
});

// That Linux shows the names in lower case is seen by the real guest, which mounts this disk.
describeReal({ programs: ['blkid'] }, 'seed disk on Linux', () => {
  it('is found by its label', () => {
    const scratch = scratchDirectory();
    try {
      const file = join(scratch.path, 'seed.iso');
      writeFileSync(file, buildSeed(exampleLaunch(), at));
      expect(execFileSync('blkid', ['-p', '-o', 'value', '-s', 'LABEL', file]).toString().trim()).toBe('cidata');
    } finally {
      scratch.remove();
    }
  });
});
