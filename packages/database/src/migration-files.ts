import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MalleeError } from '@mallee/errors';

export interface MigrationFile {
  readonly namespace: string;
  readonly number: number;
  /** File name without `.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, hex. */
  readonly checksum: string;
}

/** The files of all folders in the order they apply. A folder may be given as a path or a `file:` URL. */
export async function readMigrations(directories: readonly string[]): Promise<MigrationFile[]> {
  const seen = new Set<string>();
  const files: MigrationFile[] = [];
  for (const given of directories) {
    const directory = resolve(given.startsWith('file:') ? fileURLToPath(given) : given);
    const namespace = basename(dirname(directory));
    if (seen.has(namespace)) invalid(`two migration folders share the namespace ${namespace}`);
    seen.add(namespace);
    files.push(...(await readFolder(directory, namespace)));
  }
  return files;
}

async function readFolder(directory: string, namespace: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const files: MigrationFile[] = [];
  for (const fileName of names) {
    const match = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(fileName);
    if (match === null) invalid(`${fileName} in ${directory} is not named NNNN_name.sql`);
    const number = Number(match[1]);
    if (files.at(-1)?.number === number) invalid(`two migrations of ${namespace} have number ${match[1]}`);
    const sql = await readFile(join(directory, fileName), 'utf8');
    const checksum = createHash('sha256').update(sql).digest('hex');
    files.push({ namespace, number, name: fileName.slice(0, -4), sql, checksum });
  }
  return files;
}

function invalid(message: string): never {
  throw new MalleeError('Configuration.Invalid', message);
}
