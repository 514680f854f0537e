import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { withBuildLock } from './build-lock.js';
import { DebianPackages } from './debian-packages.js';
import { readGuestScripts, type GuestScripts } from './guest-scripts.js';
import { buildInitramfs, INITRAMFS_MODULES } from './initramfs.js';
import { collectModules, indexModules } from './kernel-modules.js';
import { findKernel } from './kernel-source.js';
import { makeRootFilesystem, ROOT_MODULES, writeRootTree } from './root-filesystem.js';
import { unpackUserland } from './userland.js';

export interface GuestImage {
  /** Paths of the three files; never write to them. */
  readonly kernel: string;
  readonly ramdisk: string;
  /** A raw ext4 file system without partition table. */
  readonly root: string;
  /** Text of `uname -r` in the guest. */
  readonly release: string;
  /** SHA-256 in hex. */
  readonly checksums: { readonly kernel: string; readonly ramdisk: string; readonly root: string };
}

export interface BuildGuestImageOptions {
  /** Folder for finished images; made if absent. */
  readonly directory: string;
  /** Called with a few words at the start of each step. */
  readonly onProgress?: (step: string) => void;
}

/** Raise it when the recipe changes in a way that the scripts and module lists do not show. */
const RECIPE = 4;
const ROOT_SIZE_MIB = 64;
const NAMES = ['kernel', 'ramdisk', 'root'] as const;

/**
 * The tiny guest, built from packages of the distribution the first time and found in `directory` after that.
 * Calls at the same time, also from several processes, share one build.
 * Throws `Platform.ProgramMissing`, `Platform.PackageUnavailable`, `Platform.CommandFailed`.
 */
export async function buildGuestImage(options: BuildGuestImageOptions): Promise<GuestImage> {
  if (process.arch !== 'x64') {
    throw new MalleeError(
      'Platform.PackageUnavailable',
      `the tiny guest is built for x86_64 only, this is ${process.arch}`,
    );
  }
  const scripts = await readGuestScripts();
  await mkdir(options.directory, { recursive: true });
  const target = join(options.directory, recipeKey(scripts));
  const ready = await readFinished(target);
  if (ready !== undefined) return ready;
  return withBuildLock(`${target}.lock`, async () => (await readFinished(target)) ?? build(target, scripts, options));
}

function recipeKey(scripts: GuestScripts): string {
  const hash = createHash('sha256').update(JSON.stringify([RECIPE, ROOT_SIZE_MIB, INITRAMFS_MODULES, ROOT_MODULES]));
  hash.update(scripts.init);
  for (const file of scripts.files) hash.update(`\0${file.path}\0`).update(file.content);
  return `guest-${hash.digest('hex').slice(0, 16)}`;
}

async function build(target: string, scripts: GuestScripts, options: BuildGuestImageOptions): Promise<GuestImage> {
  const progress = options.onProgress ?? (() => undefined);
  const work = await mkdtemp(join(options.directory, '.build-'));
  try {
    const packages = new DebianPackages(work);
    progress('download and unpack a kernel');
    const source = await findKernel(packages);
    progress('download and unpack busybox and dropbear');
    const userland = await unpackUserland(packages);

    progress('make the ramdisk');
    const output = join(work, 'output');
    await mkdir(output);
    const modules = await indexModules(source.modulesDirectory);
    const ramdiskModules = {
      usual: await collectModules(modules, INITRAMFS_MODULES.usual),
      other: await collectModules(modules, INITRAMFS_MODULES.other),
    };
    await copyFile(source.kernel, join(output, 'kernel'));
    await writeFile(join(output, 'ramdisk'), buildInitramfs(scripts.init, userland, ramdiskModules));

    progress('make the root file system');
    const tree = join(work, 'root');
    const rootModules = await collectModules(modules, ROOT_MODULES);
    await writeRootTree(tree, { release: source.release, userland, modules: rootModules, scripts: scripts.files });
    await makeRootFilesystem(tree, join(output, 'root'), ROOT_SIZE_MIB);
    await writeSummary(output, source.release);
    await rm(target, { recursive: true, force: true });
    await rename(output, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const image = await readFinished(target);
  if (image === undefined) throw new MalleeError('InternalError', `the guest image in ${target} is incomplete`);
  return image;
}

interface Summary {
  readonly release: string;
  readonly files: Record<(typeof NAMES)[number], { readonly sha256: string; readonly size: number }>;
}

async function writeSummary(output: string, release: string): Promise<void> {
  const describe = async (name: string) => {
    const content = await readFile(join(output, name));
    return { sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
  };
  const [kernel, ramdisk, root] = [await describe('kernel'), await describe('ramdisk'), await describe('root')];
  const summary: Summary = { release, files: { kernel, ramdisk, root } };
  await writeFile(join(output, 'image.json'), JSON.stringify(summary, null, 2));
}

/** The finished image in a folder, or undefined if a file is missing or has another size than when it was made. */
async function readFinished(target: string): Promise<GuestImage | undefined> {
  try {
    const summary = JSON.parse(await readFile(join(target, 'image.json'), 'utf8')) as Summary;
    for (const name of NAMES) {
      if ((await stat(join(target, name))).size !== summary.files[name].size) return undefined;
    }
    const { kernel, ramdisk, root } = summary.files;
    return {
      kernel: join(target, 'kernel'),
      ramdisk: join(target, 'ramdisk'),
      root: join(target, 'root'),
      release: summary.release,
      checksums: { kernel: kernel.sha256, ramdisk: ramdisk.sha256, root: root.sha256 },
    };
  } catch {
    return undefined;
  }
}
