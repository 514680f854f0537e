import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '../..');
const text = readFileSync(join(top, 'SECURITY.md'), 'utf8');
const paths = [...text.matchAll(/`((?:packages|services|test|cli)\/[^`]+)`/g)].map((match) => match[1]!);

/** The numbers of "W01-W05" or "W06, W07". */
function numbers(cell: string): number[] {
  return cell.split(', ').flatMap((one) => {
    const [from = 0, to = from] = [...one.matchAll(/W(\d\d)/g)].map((match) => Number(match[1]));
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

describe('SECURITY.md', () => {
  it('names files that exist', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !existsSync(join(top, path)))).toEqual([]);
  });

  it('covers every attack on signed messages, with tests that have its number in their titles', () => {
    const rows = [...text.matchAll(/^\| (W\d\d[^|]*) \| [^|]* \| ([^|]*) \|$/gm)];
    const covered = rows.flatMap(([, cell = '', files = '']) => {
      const tests = [...files.matchAll(/`([^`]+)`/g)].map((match) => readFileSync(join(top, match[1]!), 'utf8'));
      return numbers(cell).filter((number) => {
        const name = `W${String(number).padStart(2, '0')}`;
        return tests.some((source) => source.includes(name));
      });
    });
    expect(covered.sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  });
});
