import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@mallee/errors';

const file = join(import.meta.dirname, '../../docs/reference/errors.md');

it('docs/reference/errors.md lists exactly the codes of the catalogue, with their status, cause and remedy', () => {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const expected = Object.entries(catalogue).map(
    ([code, { family, status, cause, remedy }]) => `| \`${code}\` | ${family} | ${status} | ${cause} | ${remedy} |`,
  );
  expect(rows).toEqual(expected);
});
