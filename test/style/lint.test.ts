import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const top = join(import.meta.dirname, '../..');

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: top, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

describe('style', () => {
  it('eslint has nothing to say', () => {
    expect(run('node_modules/eslint/bin/eslint.js', '.')).toBe('');
  }, 600_000);

  it('prettier would change nothing', () => {
    expect(run('node_modules/prettier/bin/prettier.cjs', '--check', '.')).toBe('');
  }, 300_000);

  it('tests and benchmarks type-check', () => {
    expect(run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json')).toBe('');
  }, 600_000);
});
