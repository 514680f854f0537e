import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { requireProgram, runCommandForBytes } from '@mallee/processes';

export interface KernelModule {
  /** Name with underscores, as the kernel knows it. */
  readonly name: string;
  /** The module itself, decompressed. */
  readonly content: Buffer;
  readonly depends: readonly string[];
}

const FILE = /^(.+)\.ko(\.xz|\.zst|\.gz)?$/;
const UNPACKERS: Readonly<Record<string, readonly [program: string, debianPackage: string]>> = {
  '.xz': ['xz', 'xz-utils'],
  '.zst': ['zstd', 'zstd'],
  '.gz': ['gzip', 'gzip'],
};

/** Kernels differ in `-` and `_` between file and module name; the underscore is the real one. */
function moduleName(fileName: string): string | undefined {
  return FILE.exec(fileName)?.[1]?.replaceAll('-', '_');
}

/** Paths of all modules under `/lib/modules/RELEASE` by module name. */
export async function indexModules(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const index = new Map<string, string>();
  for (const entry of entries) {
    const name = entry.isFile() ? moduleName(entry.name) : undefined;
    if (name !== undefined) index.set(name, join(entry.parentPath, entry.name));
  }
  return index;
}

/**
 * The wanted modules with everything they depend on, each after its dependencies.
 * A name without a file is left out: the kernel has it built in or does not offer it.
 */
export async function collectModules(
  index: ReadonlyMap<string, string>,
  wanted: readonly string[],
): Promise<KernelModule[]> {
  const order = new Map<string, KernelModule>();
  const visit = async (name: string, path: readonly string[]): Promise<void> => {
    const file = index.get(name);
    if (file === undefined || order.has(name) || path.includes(name)) return;
    const content = await readModule(file);
    const depends = moduleDependencies(content).filter((dependency) => index.has(dependency));
    for (const dependency of depends) await visit(dependency, [...path, name]);
    order.set(name, { name, content, depends });
  };
  for (const name of wanted) await visit(name, []);
  return [...order.values()];
}

async function readModule(file: string): Promise<Buffer> {
  const unpacker = UNPACKERS[FILE.exec(basename(file))?.[2] ?? ''];
  if (unpacker === undefined) return readFile(file);
  return runCommandForBytes(requireProgram(...unpacker), ['-dc', file]);
}

/** The `depends=` line of the modinfo section: packages hold no modules.dep, depmod makes that at installation. */
export function moduleDependencies(content: Buffer): string[] {
  const marker = Buffer.from('\0depends=');
  const at = content.indexOf(marker);
  if (at < 0) return [];
  const text = content.toString('latin1', at + marker.length, content.indexOf(0, at + marker.length));
  return text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => name.replaceAll('-', '_'));
}
