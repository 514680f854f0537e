import { describe, expect, it } from '@jest/globals';
import { exampleLaunch } from '../test-support/examples.js';
import { buildSeed } from './nocloud.js';

const at = new Date('2026-11-22T10:20:30Z');

/** Text of the volume; each file begins a sector of its own, the zeros that fill the sectors are left out. */
function textOf(image: Buffer): string[] {
  const sectors = Array.from({ length: image.length / 2048 - 21 }, (_, index) => (21 + index) * 2048);
  return sectors.map((start) => image.toString('utf8', start, start + 2048).replace(/\0+$/, ''));
}

describe('seed disk', () => {
  it('says who the guest is', () => {
    const [metaData, userData] = textOf(
      buildSeed(exampleLaunch({ userData: Buffer.from('data').toString('base64') }), at),
    );
    expect(metaData).toBe(
      [
        'instance-id: i-0A1B2C3D',
        'local-hostname: ip-10-88-0-9',
        'public-keys:',
        '  - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZha2Vma2FrZWZha2VmYWtlZmFrZWZha2VmYWtl alice"',
        '',
      ].join('\n'),
    );
    expect(userData).toBe('data');
  });

  it('has empty user data when there is none, as cloud-init wants', () => {
    const [metaData, userData] = textOf(buildSeed(exampleLaunch({ publicKey: '' }), at));
    expect(userData).toBeUndefined();
    expect(metaData).not.toContain('public-keys');
  });
});
