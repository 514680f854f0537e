import { gzipSync } from 'node:zlib';
import { cpioArchive, type CpioEntry } from './cpio.js';
import type { KernelModule } from './kernel-modules.js';
import type { GuestFile, Userland } from './userland.js';

/**
 * What stands between the kernel of a distribution and its root disk; what the kernel has built in is left out. The other
 * drivers are loaded only if no root disk shows up without them.
 */
export const INITRAMFS_MODULES = {
  usual: ['virtio_pci', 'virtio_blk', 'ext4'],
  other: ['virtio_scsi', 'ata_piix', 'ahci', 'sd_mod'],
};

export interface InitramfsModules {
  readonly usual: readonly KernelModule[];
  readonly other: readonly KernelModule[];
}

const APPLETS = ['sh', 'cat', 'dmesg', 'insmod', 'mount', 'umount', 'poweroff', 'switch_root', 'usleep'];

/** A gzip-compressed initramfs: loads the modules in order, mounts the root disk, switches to it. */
export function buildInitramfs(init: Buffer, userland: Userland, modules: InitramfsModules): Buffer {
  const list = (names: readonly KernelModule[]) => Buffer.from(names.map(({ name }) => `${name}.ko\n`).join(''));
  const all = new Map([...modules.usual, ...modules.other].map((module) => [module.name, module]));
  const files: GuestFile[] = [
    ...userland.busybox,
    { path: 'init', content: init, mode: 0o755 },
    { path: 'modules/usual', content: list(modules.usual), mode: 0o644 },
    { path: 'modules/other', content: list(modules.other), mode: 0o644 },
    ...[...all.values()].map(({ name, content }) => ({ path: `modules/${name}.ko`, content, mode: 0o644 })),
  ];
  const directories = new Set(['dev', 'proc', 'root', ...files.flatMap((file) => parents(file.path))]);
  const entries: CpioEntry[] = [
    ...[...directories].map((path): CpioEntry => ({ kind: 'directory', path })),
    // The kernel opens it as the standard output of init before anything is mounted.
    { kind: 'character', path: 'dev/console', major: 5, minor: 1 },
    ...APPLETS.map((name): CpioEntry => ({ kind: 'symlink', path: `bin/${name}`, target: 'busybox' })),
    ...files.map((file): CpioEntry => ({ kind: 'file', ...file })),
  ];
  return gzipSync(cpioArchive(entries), { level: 6 });
}

function parents(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
