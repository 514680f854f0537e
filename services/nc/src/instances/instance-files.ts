import { mkdir, open, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { isInstanceId } from '@mallee/hypervisor';

/** Bytes of console output that are reported and kept. */
export const CONSOLE_BYTES = 64 * 1024;
/** Size above which the console file of a running guest is cut down. */
const CONSOLE_LIMIT_BYTES = 8 * 1024 * 1024;

/** The files of the instances. Every path is made from a checked instance id only. */
export class InstanceFiles {
  readonly root: string;
  private readonly keptConsoles: string;

  /** @param keptConsoles directory for the last console output of ended instances */
  constructor(root: string, keptConsoles: string) {
    this.root = root;
    this.keptConsoles = keptConsoles;
  }

  async prepare(): Promise<void> {
    // Others may pass through: a libvirtd of the system runs guests as another user.
    await mkdir(this.root, { recursive: true, mode: 0o711 });
    await mkdir(this.keptConsoles, { recursive: true, mode: 0o700 });
  }

  disk(instanceId: string): string {
    return join(this.directory(instanceId), 'disk');
  }

  seed(instanceId: string): string {
    return join(this.directory(instanceId), 'seed.iso');
  }

  console(instanceId: string): string {
    return join(this.directory(instanceId), 'console.log');
  }

  async create(instanceId: string): Promise<void> {
    await mkdir(this.directory(instanceId), { recursive: true, mode: 0o711 });
  }

  async writeSeed(instanceId: string, content: Buffer): Promise<void> {
    const target = this.seed(instanceId);
    await writeFile(`${target}.new`, content, { mode: 0o644 });
    await rename(`${target}.new`, target);
  }

  /** The end of the console, also for a while after the instance has ended; empty before there is any. */
  async readConsole(instanceId: string): Promise<Buffer> {
    return (
      (await readEnd(this.console(instanceId))) ?? (await readEnd(this.keptConsole(instanceId))) ?? Buffer.alloc(0)
    );
  }

  /** Removes the directory of the instance; the end of its console stays readable until `forget`. */
  async remove(instanceId: string): Promise<void> {
    const tail = await readEnd(this.console(instanceId));
    if (tail !== undefined && tail.length > 0) await writeFile(this.keptConsole(instanceId), tail, { mode: 0o600 });
    await rm(this.directory(instanceId), { recursive: true, force: true });
  }

  async forget(instanceId: string): Promise<void> {
    await rm(this.directory(instanceId), { recursive: true, force: true });
    await rm(this.keptConsole(instanceId), { force: true });
  }

  /** Keeps a chatty guest from filling the disk: an overlong console file is cut to its end. */
  async shortenConsole(instanceId: string): Promise<void> {
    const path = this.console(instanceId);
    const size = await sizeOf(path);
    if (size === undefined || size <= CONSOLE_LIMIT_BYTES) return;
    const tail = await readEnd(path);
    await truncate(path, 0);
    // QEMU appends too, so lines may interleave here but none overwrites another.
    await writeFile(path, tail ?? '', { flag: 'a' });
  }

  /** Ids that have a directory or a kept console. Anything with another name is not ours and is not listed. */
  async list(): Promise<string[]> {
    const directories = await readdir(this.root);
    const consoles = (await readdir(this.keptConsoles)).map((name) => name.replace(/\.console$/, ''));
    return [...new Set([...directories, ...consoles])].filter(isInstanceId);
  }

  private directory(instanceId: string): string {
    return join(this.root, checked(instanceId));
  }

  private keptConsole(instanceId: string): string {
    return join(this.keptConsoles, `${checked(instanceId)}.console`);
  }
}

function checked(instanceId: string): string {
  if (isInstanceId(instanceId)) return instanceId;
  throw new MalleeError('Node.UnknownInstance', `${JSON.stringify(instanceId.slice(0, 40))} is not an instance id`);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readEnd(path: string): Promise<Buffer | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  const file = await open(path, 'r');
  try {
    const length = Math.min(size, CONSOLE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
