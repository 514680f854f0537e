import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { tarContent } from './tar-content.js';
import { failureOf, readAll, TAR_END, tarWith } from './test-support/bundles.js';

const read = (size: number, ...blocks: Buffer[]) =>
  readAll(Readable.from(tarContent(Readable.from(blocks, { objectMode: false }), size), { objectMode: false }));
const file = Buffer.from('content');
const typed =
  (flag: string, link = '') =>
  (header: Buffer) => {
    header.write(flag, 156);
    header.write(link, 157);
  };

describe('tarContent', () => {
  test('reads one plain file, also one in a folder, with a long name or with an extended header', async () => {
    expect(await read(7, tarWith('disk', file), TAR_END)).toEqual(file);
    expect(await read(7, tarWith('./some/disk', file), TAR_END)).toEqual(file);
    const longName = tarWith('././@LongLink', Buffer.from('a/'.repeat(100) + 'disk\0'), typed('L'));
    expect(await read(7, longName, tarWith('cut', file), TAR_END)).toEqual(file);
    const pax = tarWith('PaxHeader', Buffer.from('18 path=./a/disk\n\n'), typed('x'));
    expect(await read(7, pax, tarWith('cut', file), TAR_END)).toEqual(file);
  });

  test.each([
    ['an absolute path', tarWith('/etc/passwd', file)],
    ['a path through ..', tarWith('a/../../etc/passwd', file)],
    ['no name', tarWith('', file)],
    ['a symbolic link', tarWith('disk', Buffer.alloc(0), typed('2', '/etc/passwd'))],
    ['a hard link', tarWith('disk', Buffer.alloc(0), typed('1', 'other'))],
    ['a folder', tarWith('disk/', Buffer.alloc(0), typed('5'))],
    ['a device', tarWith('disk', Buffer.alloc(0), typed('4'))],
    ['a fifo', tarWith('disk', Buffer.alloc(0), typed('6'))],
    [
      'an absolute long name',
      Buffer.concat([tarWith('L', Buffer.from('/etc/passwd\0'), typed('L')), tarWith('a', file)]),
    ],
    [
      'an absolute extended name',
      Buffer.concat([tarWith('x', Buffer.from('15 path=/a/disk\n'), typed('x')), tarWith('a', file)]),
    ],
    [
      'a sparse file in PAX form',
      Buffer.concat([tarWith('x', Buffer.from('22 GNU.sparse.major=1\n'), typed('x')), tarWith('a', file)]),
    ],
    ['two files', Buffer.concat([tarWith('a', file), tarWith('b', file)])],
    ['nothing', Buffer.alloc(0)],
    ['something behind its end', Buffer.concat([tarWith('a', file), TAR_END, tarWith('b', file)])],
  ])('refuses an archive with %s', async (_what, tar) => {
    expect(await failureOf(read(7, tar, TAR_END))).toMatch(/Image\.(ArchiveRefused|DigestMismatch)/);
  });

  test('refuses a wrong header checksum', async () => {
    const tar = tarWith('a', file);
    tar[3] = 7;
    expect(await failureOf(read(7, tar, TAR_END))).toBe('Image.ArchiveRefused');
  });

  test('notices an archive that is cut', async () => {
    const tar = Buffer.concat([tarWith('a', Buffer.alloc(2000, 1))]);
    for (const length of [100, 512, 1500, tar.length]) {
      expect(await failureOf(read(2000, tar.subarray(0, length)))).toBe('Image.DigestMismatch');
    }
  });

  test('fills the holes of a sparse file', async () => {
    const data = Buffer.from('ABCDEFGH');
    const sparse = tarWith('disk', data, (header) => {
      typed('S')(header);
      header.fill(0, 345);
      [
        [4, 3],
        [100_000, 5],
        [200_000, 0],
      ].forEach(([offset = 0, length = 0], index) => {
        header.write(offset.toString(8).padStart(11, '0'), 386 + index * 24);
        header.write(length.toString(8).padStart(11, '0'), 398 + index * 24);
      });
      header.write((200_000).toString(8).padStart(11, '0'), 483);
    });
    const image = await read(200_000, sparse, TAR_END);
    const expected = Buffer.alloc(200_000);
    expected.write('ABC', 4);
    expected.write('DEFGH', 100_000);
    expect(image.equals(expected)).toBe(true);
  });

  test.each([
    [
      'overlapping runs',
      [
        [0, 8],
        [4, 0],
      ],
      100,
    ],
    ['a run behind the end', [[96, 8]], 100],
    ['runs that do not add up', [[0, 7]], 100],
  ])('refuses a sparse map with %s', async (_what, runs, size) => {
    const sparse = tarWith('disk', Buffer.alloc(8, 1), (header) => {
      typed('S')(header);
      header.fill(0, 345);
      runs.forEach(([offset = 0, length = 0], index) => {
        header.write(offset.toString(8).padStart(11, '0'), 386 + index * 24);
        header.write(length.toString(8).padStart(11, '0'), 398 + index * 24);
      });
      header.write(size.toString(8).padStart(11, '0'), 483);
    });
    expect(await failureOf(read(size, sparse, TAR_END))).toBe('Image.ArchiveRefused');
  });
});
