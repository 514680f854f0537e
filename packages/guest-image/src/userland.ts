import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import type { DebianPackages } from './debian-packages.js';
import { elfLibraries } from './elf-libraries.js';
import { runCommand } from '@mallee/processes';

/** A file of the guest: where it goes and what it holds. */
export interface GuestFile {
  /** Without a leading slash. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

export interface Userland {
  /** busybox with its loader and libraries: all that the initramfs needs. */
  readonly busybox: readonly GuestFile[];
  /** dropbear and dropbearkey with the libraries that busybox does not bring. */
  readonly dropbear: readonly GuestFile[];
  /** Names of the busybox applets. */
  readonly applets: readonly string[];
}

const LIBRARY_FOLDER = 'lib/x86_64-linux-gnu';

/** The programs of the guest with exactly the shared libraries they name, from the packages of the distribution. */
export async function unpackUserland(packages: DebianPackages): Promise<Userland> {
  const closure = [...(await packages.requireClosure('busybox')), ...(await packages.requireClosure('dropbear-bin'))];
  const names = new Set(['busybox', 'dropbear-bin', ...closure]);
  const folder = await packages.unpack(
    [...names].filter((name) => !name.startsWith('gcc-')),
    'userland',
  );
  const files = await indexFiles(folder);
  const busybox = await withLibraries(files, ['busybox']);
  const known = new Set(busybox.map((file) => file.path));
  const dropbear = await withLibraries(files, ['dropbear', 'dropbearkey']);
  return {
    busybox,
    dropbear: dropbear.filter((file) => !known.has(file.path)),
    applets: await listApplets(files),
  };
}

async function indexFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const wanted = entries.filter((entry) => !entry.isDirectory() && /\/(s?bin|lib[^/]*\/?.*)$/.test(entry.parentPath));
  return new Map(wanted.map((entry) => [entry.name, join(entry.parentPath, entry.name)]));
}

function locate(files: ReadonlyMap<string, string>, name: string): string {
  const path = files.get(name);
  if (path === undefined) throw new MalleeError('Platform.PackageUnavailable', `no package brings the file ${name}`);
  return path;
}

async function withLibraries(files: ReadonlyMap<string, string>, programs: readonly string[]): Promise<GuestFile[]> {
  const found = new Map<string, GuestFile>();
  const visit = async (name: string, path: string): Promise<void> => {
    if (found.has(path)) return;
    const content = await readFile(await realpath(locate(files, name)));
    found.set(path, { path, content, mode: 0o755 });
    const { interpreter, needed } = elfLibraries(content);
    if (interpreter !== undefined) await visit(basename(interpreter), interpreter.slice(1));
    // The loader is also named as a library by libc; it has its own place.
    for (const library of needed.filter((entry) => !entry.startsWith('ld-linux'))) {
      await visit(library, `${LIBRARY_FOLDER}/${library}`);
    }
  };
  for (const program of programs) await visit(program, `bin/${program}`);
  return [...found.values()];
}

/** Asks busybox itself, run by the loader that was unpacked with it (the host may have another C library). */
async function listApplets(files: ReadonlyMap<string, string>): Promise<string[]> {
  const loader = await realpath(locate(files, 'ld-linux-x86-64.so.2'));
  const libraries = join(locate(files, 'libc.so.6'), '..');
  const output = await runCommand(loader, ['--library-path', libraries, locate(files, 'busybox'), '--list']);
  return output.split('\n').filter((name) => name !== '' && name !== 'busybox');
}
