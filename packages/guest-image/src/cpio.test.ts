import { describe, expect, test } from '@jest/globals';
import { cpioArchive } from './cpio.js';

describe('cpioArchive', () => {
  const archive = cpioArchive([
    { kind: 'directory', path: 'dev' },
    { kind: 'file', path: 'init', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
    { kind: 'character', path: 'dev/console', major: 5, minor: 1 },
  ]);

  test('writes newc records on 4-byte boundaries, owned by root, and ends with the trailer', () => {
    const records = [...archive.toString('latin1').matchAll(/070701([0-9a-f]{104})/g)];
    expect(records).toHaveLength(4);
    for (const record of records) {
      expect(record.index % 4).toBe(0);
      expect(record[1]?.slice(16, 32)).toBe('0'.repeat(16)); // uid, gid
    }
    expect(archive.length % 4).toBe(0);
    expect(archive.toString('latin1')).toContain('TRAILER!!!');
  });

  test('carries mode, size and device numbers', () => {
    const fields = (index: number) =>
      [...archive.toString('latin1').matchAll(/070701([0-9a-f]{104})/g)][index]?.[1]
        ?.match(/.{8}/g)
        ?.map((f) => parseInt(f, 16));
    expect(fields(1)?.[1]).toBe(0o100755);
    expect(fields(1)?.[6]).toBe(10);
    expect(fields(2)?.slice(9, 11)).toEqual([5, 1]);
  });
});
