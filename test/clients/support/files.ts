import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export const LARGE_BYTES = 100 * 1024 * 1024;

/** Writes a file of random bytes; gives their MD5 in hex. */
export function writeRandomFile(path: string, bytes = LARGE_BYTES): string {
  const content = randomBytes(bytes);
  writeFileSync(path, content);
  return createHash('md5').update(content).digest('hex');
}

export async function md5OfFile(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Names as people give them to files. */
const NAMES = ['index.html', 'notes with spaces.txt', 'päper/ünïcode ☂.txt', 'a+b=c&d?.txt', 'deep/er/est/file.bin'];

/** A small tree of files, some with names that are hard on URLs. */
export function writeTree(directory: string): void {
  for (const name of NAMES) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `content of ${name}\n`.repeat(100));
  }
  writeFileSync(join(directory, 'empty'), '');
}

/** Relative names of the files of a tree, with their content. */
export function readTree(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]));
}
