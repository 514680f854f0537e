import { gzipSync } from 'node:zlib';
import { cpioArchive, type CpioEntry } from './cpio.js';
import type { KernelModule } from './kernel-modules.js';
import type { GuestFile, Userland } from './userland.js';

/** What stands between the kernel of a distribution and its root disk; ext4 is built in on Debian and Ubuntu. */
export const INITRAMFS_MODULES = ['virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'ext4'];

const APPLETS = ['sh', 'cat', 'dmesg', 'insmod', 'mount', 'umount', 'poweroff', 'switch_root', 'usleep'];

/** A gzip-compressed initramfs: loads the modules in order, mounts the root disk, switches to it. */
export function buildInitramfs(init: Buffer, userland: Userland, modules: readonly KernelModule[]): Buffer {
  const files: GuestFile[] = [
    ...userland.busybox,
    { path: 'init', content: init, mode: 0o755 },
    { path: 'modules/order', content: Buffer.from(modules.map(({ name }) => `${name}.ko\n`).join('')), mode: 0o644 },
    ...modules.map(({ name, content }) => ({ path: `modules/${name}.ko`, content, mode: 0o644 })),
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
