import { describe } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRoot } from '@mallee/private-services';
import { findProgram } from '@mallee/processes';

export interface RealParts {
  readonly root?: boolean;
  readonly programs?: readonly string[];
  /** Libraries, headers and the like by their path. */
  readonly files?: readonly string[];
}

/**
 * A `describe` for tests that need programs, files or root. With MALLEE_REQUIRE_REAL=1 (as in CI) they always run, so that a
 * missing part is a failure; otherwise they are skipped and the name says what is missing.
 */
export function describeReal(needs: RealParts, name: string, tests: () => void): void {
  const missing = missingParts(needs);
  if (missing.length === 0 || process.env['MALLEE_REQUIRE_REAL'] === '1') describe(name, tests);
  else describe.skip(`${name} [skipped: needs ${missing.join(', ')}]`, tests);
}

export function missingParts({ root = false, programs = [], files = [] }: RealParts): string[] {
  const absent = programs.filter((program) => findProgram(program) === undefined);
  return [...(root && !isRoot() ? ['root'] : []), ...absent, ...files.filter((file) => !existsSync(file))];
}

/**
 * Folder of the original's interfaces and messages, which lies beside a developer's checkout and is not part of the
 * project: MALLEE_SHARED, or ../shared seen from the top of the checkout; undefined where it is absent.
 */
export function sharedDirectory(): string | undefined {
  const top = resolve(import.meta.dirname, '../../..');
  const candidates = [process.env['MALLEE_SHARED'], join(top, '..', 'shared')];
  return candidates.find((path): path is string => path !== undefined && existsSync(join(path, 'wsdl')));
}

/** A `describe` for tests against that folder, skipped with the reason where it is absent. */
export function describeShared(name: string, tests: (shared: string) => void): void {
  const shared = sharedDirectory();
  if (shared !== undefined) describe(name, () => tests(shared));
  else
    describe.skip(`${name} [skipped: the folder of original interfaces is not beside this checkout]`, () => tests(''));
}
