import { constants, copyFile, rm, stat, truncate } from 'node:fs/promises';
import { MalleeError, toMalleeError } from '@mallee/errors';
import { runCommand } from '@mallee/processes';

/** How an instance gets its own disk from a shared base image. */
export type DiskMode = 'overlay' | 'reflink' | 'copy';

export interface InstanceDiskOptions {
  /** Raw image that is never written. */
  readonly base: string;
  readonly target: string;
  /** Bytes the guest sees; never less than the base. */
  readonly sizeBytes: number;
  readonly mode: DiskMode;
  readonly signal?: AbortSignal;
}

/**
 * Makes the disk of an instance, replacing an earlier attempt.
 * `overlay`: a qcow2 file that holds only what the guest changes. `reflink`: a raw clone, falls back to a full copy
 * where the file system cannot clone. `copy`: a full raw copy.
 * @returns the format to hand to the hypervisor
 * @throws Node.DiskFailed
 */
export async function createInstanceDisk(options: InstanceDiskOptions): Promise<'qcow2' | 'raw'> {
  try {
    const base = await stat(options.base);
    const sizeBytes = roundUpToSector(Math.max(base.size, options.sizeBytes));
    await rm(options.target, { force: true });
    if (options.mode === 'overlay') {
      await createOverlay(options, sizeBytes);
      return 'qcow2';
    }
    const flag = options.mode === 'reflink' ? constants.COPYFILE_FICLONE : 0;
    await copyFile(options.base, options.target, flag);
    await truncate(options.target, sizeBytes);
    return 'raw';
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const { message, code } = toMalleeError(error);
    if (code === 'Platform.ProgramMissing') throw error;
    throw new MalleeError('Node.DiskFailed', message, { cause: error, tried: 'make the instance disk' });
  }
}

/** The backing format is stated, so that nothing in the base image can make QEMU read it as something else. */
async function createOverlay(options: InstanceDiskOptions, sizeBytes: number): Promise<void> {
  const args = ['create', '-q', '-f', 'qcow2', '-b', options.base, '-F', 'raw', options.target, String(sizeBytes)];
  await runCommand('qemu-img', args, { signal: options.signal });
}

function roundUpToSector(bytes: number): number {
  return Math.ceil(bytes / 512) * 512;
}
