import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import type { DebianPackages } from './debian-packages.js';

export interface KernelSource {
  /** Text of `uname -r` in the guest. */
  readonly release: string;
  readonly kernel: string;
  readonly modulesDirectory: string;
}

/** Metapackages of Debian and Ubuntu, the smallest kernels first. */
const METAPACKAGES = [
  'linux-image-cloud-amd64',
  'linux-image-kvm',
  'linux-image-virtual',
  'linux-image-generic',
  'linux-image-amd64',
];

/**
 * A kernel and its modules: from the packages of the distribution, unpacked but not installed; else the newest
 * installed kernel that this user may read. Throws `Platform.PackageUnavailable`.
 */
export async function findKernel(packages: DebianPackages): Promise<KernelSource> {
  try {
    return await packagedKernel(packages);
  } catch (error) {
    const installed = await installedKernel('/');
    if (installed !== undefined) return installed;
    throw error;
  }
}

async function packagedKernel(packages: DebianPackages): Promise<KernelSource> {
  const concrete = await concretePackages(packages);
  const folder = await packages.unpack(concrete, 'kernel');
  const source = await installedKernel(folder);
  if (source === undefined) {
    throw new MalleeError('Platform.PackageUnavailable', `no kernel in the packages ${concrete.join(', ')}`);
  }
  return source;
}

async function concretePackages(packages: DebianPackages): Promise<string[]> {
  const select = (names: readonly string[]) => names.filter((name) => /^linux-(image|modules)-\d/.test(name));
  for (const name of METAPACKAGES) {
    const found = select(await packages.closure(name));
    if (found.length > 0) return found;
  }
  for (const name of METAPACKAGES) {
    const found = select(await packages.requireClosure(name));
    if (found.length > 0) return found;
  }
  throw new MalleeError('Platform.PackageUnavailable', `apt knows none of ${METAPACKAGES.join(', ')}`);
}

async function installedKernel(root: string): Promise<KernelSource | undefined> {
  const files = await readdir(join(root, 'boot')).catch(() => []);
  const releases = files.filter((name) => name.startsWith('vmlinuz-')).map((name) => name.slice('vmlinuz-'.length));
  for (const release of releases.sort(newestFirst)) {
    const kernel = join(root, 'boot', `vmlinuz-${release}`);
    for (const modules of ['lib/modules', 'usr/lib/modules']) {
      const modulesDirectory = join(root, modules, release);
      if ((await readable(kernel)) && (await readable(modulesDirectory))) return { release, kernel, modulesDirectory };
    }
  }
  return undefined;
}

function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, 'en', { numeric: true });
}

async function readable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
