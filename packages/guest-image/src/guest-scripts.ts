import { readFile } from 'node:fs/promises';
import type { GuestFile } from './userland.js';

const FOLDER = new URL('../guest/', import.meta.url);

/** File of the guest folder -> its place and mode in the guest. */
const PLACES: Readonly<Record<string, readonly [path: string, mode: number]>> = {
  rcS: ['etc/mallee/rcS', 0o755],
  rcK: ['etc/mallee/rcK', 0o755],
  http: ['etc/mallee/http', 0o644],
  sources: ['etc/mallee/sources', 0o644],
  dhcp: ['etc/mallee/dhcp', 0o755],
  'power-button': ['etc/mallee/power-button', 0o755],
  inittab: ['etc/inittab', 0o644],
};

export interface GuestScripts {
  /** The init of the initramfs. */
  readonly init: Buffer;
  /** Scripts of the root disk. */
  readonly files: readonly GuestFile[];
}

export async function readGuestScripts(): Promise<GuestScripts> {
  const read = (name: string) => readFile(new URL(name, FOLDER));
  const files = Object.entries(PLACES).map(async ([name, [path, mode]]) => ({ path, mode, content: await read(name) }));
  return { init: await read('initramfs-init'), files: await Promise.all(files) };
}
