import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MalleeError } from '@mallee/errors';

const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Where programs are looked for: PATH, then the system directories (`sbin` is not on a user's PATH in Debian). */
export function programDirectories(): string[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry.startsWith('/'));
  return [...new Set([...onPath, ...SYSTEM_DIRECTORIES])];
}

/** Full path of a program on PATH or in the usual system directories. */
export function findProgram(name: string): string | undefined {
  if (name.startsWith('/')) return isExecutable(name) ? name : undefined;
  return programDirectories()
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** @throws Platform.ProgramMissing, naming the Debian package that has it */
export function requireProgram(name: string, debianPackage: string): string {
  const path = findProgram(name);
  if (path !== undefined) return path;
  throw new MalleeError('Platform.ProgramMissing', `${name} is not installed; the Debian package is ${debianPackage}`);
}

/** True for a file that this user may execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
