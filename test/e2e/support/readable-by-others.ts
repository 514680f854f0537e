import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PASS = 0o001;
const READ = 0o004;

/** Files and sockets below a directory that any user of the machine can open, also those whose names must be known. */
export function readableByOthers(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const { mode, ...kind } = withKind(path);
    if (kind.isLink) return [];
    if (kind.isDirectory) return (mode & PASS) === 0 ? [] : readableByOthers(path);
    return (mode & READ) === 0 ? [] : [path];
  });
}

function withKind(path: string): { mode: number; isDirectory: boolean; isLink: boolean } {
  const found = lstatSync(path);
  return { mode: found.mode, isDirectory: found.isDirectory(), isLink: found.isSymbolicLink() };
}
