import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { combineCrcs, createChecksum, type ChecksumName } from './index.js';

function crcOf(name: ChecksumName, data: Buffer): Buffer {
  const running = createChecksum(name);
  running.update(data);
  return running.digest();
}

describe('combineCrcs', () => {
  it.each(['crc32', 'crc32c', 'crc64nvme'] as const)('gives the %s of the whole from those of its pieces', (name) => {
    const pieces = [0, 1, 7, 4096, 70_001].map((length) => randomBytes(length));
    const parts = pieces.map((data) => ({ crc: crcOf(name, data), length: data.length }));
    expect(combineCrcs(name, parts)).toEqual(crcOf(name, Buffer.concat(pieces)));
    expect(combineCrcs(name, parts.slice(0, 1))).toEqual(crcOf(name, pieces[0]!));
  });

  it('refuses hashes', () => {
    expect(() => combineCrcs('sha256', [])).toThrow('cannot be combined');
  });
});
