import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { KernelModule } from './kernel-modules.js';
import { requireProgram, runCommand } from '@mallee/processes';
import type { GuestFile, Userland } from './userland.js';

/** Drivers the running guest loads when it meets the device: network, seed disk, power button, random numbers. */
export const ROOT_MODULES = ['virtio_net', 'virtio_rng', 'isofs', 'sr_mod', 'ata_piix', 'ahci', 'evdev', 'button'];

export interface RootContent {
  readonly release: string;
  readonly userland: Userland;
  readonly modules: readonly KernelModule[];
  /** The files of this package's guest folder. */
  readonly scripts: readonly GuestFile[];
}

const EMPTY_FOLDERS = ['dev', 'proc', 'sys', 'run', 'tmp', 'mnt', 'var/log', 'etc/dropbear', 'root'];
const FOLDER_LINKS = { sbin: 'bin', 'usr/bin': '../bin', 'usr/sbin': '../bin', 'var/run': '../run' };

/** Writes the tree of the root disk under `directory`. */
export async function writeRootTree(directory: string, content: RootContent): Promise<void> {
  for (const folder of [...EMPTY_FOLDERS, 'bin', 'usr']) await mkdir(join(directory, folder), { recursive: true });
  for (const [path, target] of Object.entries(FOLDER_LINKS)) await symlink(target, join(directory, path));
  const modulesFolder = `lib/modules/${content.release}`;
  const files: GuestFile[] = [
    ...content.userland.busybox,
    ...content.userland.dropbear,
    ...content.scripts,
    ...content.modules.map((module) => ({
      path: `${modulesFolder}/${module.name}.ko`,
      content: module.content,
      mode: 0o644,
    })),
    { path: `${modulesFolder}/modules.dep`, content: Buffer.from(modulesDep(content.modules)), mode: 0o644 },
    ...settings(),
  ];
  for (const file of files) await writeGuestFile(directory, file);
  for (const applet of content.userland.applets) await symlink('busybox', join(directory, 'bin', applet));
  await symlink('busybox', join(directory, 'bin/init')).catch(() => undefined); // already there if listed as applet
  await chmod(join(directory, 'root'), 0o700);
  await chmod(join(directory, 'tmp'), 0o1777);
}

function settings(): GuestFile[] {
  const text = (path: string, content: string, mode = 0o644) => ({ path, content: Buffer.from(content), mode });
  return [
    text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
    // No password opens the account: the way in is the injected key.
    text('etc/shadow', 'root:*:20000:0:99999:7:::\n', 0o600),
    text('etc/group', 'root:x:0:\n'),
    text('etc/shells', '/bin/sh\n'),
    text('etc/hostname', 'mallee\n'),
    text('etc/os-release', 'ID=mallee-guest\nNAME="Mallee tiny guest"\n'),
  ];
}

/** As depmod writes it: all that a module needs, directly or not, what must be loaded first standing last. */
function modulesDep(modules: readonly KernelModule[]): string {
  const needs = (name: string): string[] => {
    const depends = modules.find((module) => module.name === name)?.depends ?? [];
    return [...depends, ...depends.flatMap(needs)];
  };
  return modules
    .map(({ name }) => {
      // The last mention counts: it stands behind everything that needs it.
      const ordered = [...new Set(needs(name).reverse())].reverse();
      return `${name}.ko: ${ordered.map((entry) => `${entry}.ko`).join(' ')}\n`;
    })
    .join('');
}

async function writeGuestFile(directory: string, file: GuestFile): Promise<void> {
  const path = join(directory, file.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, file.content);
  await chmod(path, file.mode);
}

/**
 * Makes an ext4 image of `sizeMiB` from a tree, without mounting. Every file in it belongs to root, whoever builds:
 * mke2fs copies the owner of the builder, so debugfs sets each inode right.
 */
export async function makeRootFilesystem(tree: string, image: string, sizeMiB: number): Promise<void> {
  const mke2fs = requireProgram('mke2fs', 'e2fsprogs');
  const debugfs = requireProgram('debugfs', 'e2fsprogs');
  // No metadata_csum: some debugfs versions leave stale checksums behind; no reserved blocks: there are no other users.
  const options = [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-L',
    'mallee-root',
    '-m',
    '0',
    '-O',
    '^metadata_csum',
    '-E',
    'root_owner=0:0',
  ];
  await runCommand(mke2fs, [...options, '-d', tree, image, `${sizeMiB}M`], { timeoutMs: 300_000 });
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => '/' + relative(tree, join(entry.parentPath, entry.name)));
  const script = paths.map((path) => `sif "${path}" uid 0\nsif "${path}" gid 0\n`).join('');
  await runCommand(debugfs, ['-w', '-f', '-', image], { input: script, timeoutMs: 300_000 });
}
