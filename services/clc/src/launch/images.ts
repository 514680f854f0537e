import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { Caller } from '../identity/caller.js';
import { normaliseId } from '../identity/ids.js';
import { defaultImage, findImage, type ImageKind, type ImageRow } from '../resources/images.js';

export interface LaunchImages {
  readonly machine: ImageRow;
  readonly kernel: ImageRow | undefined;
  readonly ramdisk: ImageRow | undefined;
}

export interface ImageChoice {
  readonly ImageId: string;
  readonly KernelId?: string | undefined;
  readonly RamdiskId?: string | undefined;
}

/**
 * Machine image, kernel and ramdisk of a launch. Kernel: the request's, else the image's, else the first registered one;
 * a Windows image has none. Ramdisk likewise, but none at all when the request names a kernel and no ramdisk, or the image
 * has its own kernel and no ramdisk.
 * @throws InvalidAMIID.Malformed, InvalidAMIID.NotFound, InvalidAMIID.Unavailable, InvalidParameterValue
 */
export async function launchImages(database: Queryable, caller: Caller, choice: ImageChoice): Promise<LaunchImages> {
  const machine = await requireImage(database, caller, choice.ImageId, 'machine');
  if (machine.platform === 'windows') return { machine, kernel: undefined, ramdisk: undefined };
  const kernel = await kernelOf(database, caller, choice, machine);
  return { machine, kernel, ramdisk: await ramdiskOf(database, caller, choice, machine) };
}

async function kernelOf(
  database: Queryable,
  caller: Caller,
  choice: ImageChoice,
  machine: ImageRow,
): Promise<ImageRow> {
  const id = choice.KernelId ?? machine.kernel_id ?? undefined;
  if (id !== undefined) return requireImage(database, caller, id, 'kernel');
  const kernel = await defaultImage(database, caller, 'kernel');
  if (kernel) return kernel;
  throw new MalleeError('InvalidParameterValue', 'Unable to determine required kernel image.');
}

async function ramdiskOf(
  database: Queryable,
  caller: Caller,
  choice: ImageChoice,
  machine: ImageRow,
): Promise<ImageRow | undefined> {
  if (choice.RamdiskId !== undefined) return requireImage(database, caller, choice.RamdiskId, 'ramdisk');
  if (choice.KernelId !== undefined) return undefined;
  if (machine.ramdisk_id !== null) return requireImage(database, caller, machine.ramdisk_id, 'ramdisk');
  return machine.kernel_id === null ? defaultImage(database, caller, 'ramdisk') : undefined;
}

/** An available image of the right kind. */
export async function requireImage(
  database: Queryable,
  caller: Caller,
  given: string,
  kind: ImageKind,
): Promise<ImageRow> {
  const id = normaliseId(given);
  if (!/^[a-z]{3}-[0-9A-Fa-f]{8}$/.test(id)) {
    throw new MalleeError('InvalidAMIID.Malformed', `Invalid id: "${given.slice(0, 100)}"`);
  }
  const image = await findImage(database, caller, id);
  if (!image) throw new MalleeError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  if (image.state !== 'available') {
    throw new MalleeError('InvalidAMIID.Unavailable', `The image '${id}' is deregistered`);
  }
  if (image.kind !== kind) {
    throw new MalleeError('InvalidParameterValue', `Image specified is not a ${kind} image: ${id}`);
  }
  return image;
}
