import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeImagesCommand, RegisterImageCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { S3Client } from '@aws-sdk/client-s3';
import { MalleeError } from '@mallee/errors';
import { BUNDLE_NAME, bundleImage } from '@mallee/image-bundle';
import { note, step } from '../progress.js';
import { usageError } from '../soap/usage-error.js';
import type { BundleKeys } from './access.js';
import { describeContent, type DiskContent } from './disk-content.js';
import type { DiskFormat } from './disk-format.js';
import { progressText } from './local-source.js';
import { prepareDisk, type PreparedDisk } from './prepare-disk.js';
import { cloudCall } from './sdk-errors.js';
import { ensureBucket, putFile, removeFiles, requireAbsent, targetOf, type BundleTarget } from './upload-bundle.js';

export type ImageKind = 'machine' | 'kernel' | 'ramdisk';

export interface ImportOptions {
  readonly source: string;
  readonly kind: ImageKind;
  readonly bucket: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly architecture: string;
  readonly kernelId?: string | undefined;
  readonly ramdiskId?: string | undefined;
  readonly format?: DiskFormat | undefined;
  readonly maxBytes: number;
  readonly workDirectory: string;
  /** Import a disk that does not look as if it could start. */
  readonly force: boolean;
}

export interface ImportedImage {
  readonly imageId: string;
  readonly location: string;
}

/** From a file or URL to a registered image. What was uploaded goes again when a later step fails. */
export async function importImage(
  { ec2, s3 }: { ec2: EC2Client; s3: S3Client },
  keys: BundleKeys,
  options: ImportOptions,
): Promise<ImportedImage> {
  const directory = await mkdtemp(join(options.workDirectory, 'mallee-import-'));
  // Of an interrupted command; what it unpacked may be large.
  const removeAtExit = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  try {
    const disk = await step('read the image', (onProgress) =>
      prepareDisk({ ...options, directory, onProgress, keepCompressed: options.kind !== 'machine' }),
    );
    checkBootable(disk.content, options);
    const name = options.name ?? disk.name;
    if (!BUNDLE_NAME.test(name)) throw usageError(`${name} cannot be the name of a bundle: letters, digits, . _ -`);
    const target = targetOf(s3, options.bucket);
    await cloudCall(ensureBucket(target));
    await cloudCall(requireAbsent(target, `${name}.manifest.xml`));
    return await bundleAndRegister({ ec2, target, keys, disk, name }, options);
  } finally {
    await rm(directory, { recursive: true, force: true });
    process.off('exit', removeAtExit);
  }
}

interface Work {
  readonly ec2: EC2Client;
  readonly target: BundleTarget;
  readonly keys: BundleKeys;
  readonly disk: PreparedDisk;
  readonly name: string;
}

async function bundleAndRegister(
  { ec2, target, keys, disk, name }: Work,
  options: ImportOptions,
): Promise<ImportedImage> {
  const uploaded: string[] = [];
  try {
    const { manifestName } = await step(`bundle and upload ${name}`, (update) =>
      bundleImage({
        ...keys,
        source: disk.path,
        kind: options.kind,
        name,
        architecture: options.architecture,
        ...(options.kernelId === undefined ? {} : { kernelId: options.kernelId }),
        ...(options.ramdiskId === undefined ? {} : { ramdiskId: options.ramdiskId }),
        onProgress: (bytes) => update(progressText(bytes, disk.size)),
        output: async (filename, content) => {
          uploaded.push(filename);
          await cloudCall(putFile(target, filename, content));
        },
      }),
    );
    const location = `${target.bucket}/${target.prefix}${manifestName}`;
    const imageId = await step('register', () => registerOnce(ec2, { ...options, location, name }));
    return { imageId, location };
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) {
      await takeBack(target, uploaded);
      throw error;
    }
    note(`whether it is registered is not known, so the bundle stays: ${error.location}`);
    throw error.cause;
  }
}

async function takeBack(target: BundleTarget, uploaded: readonly string[]): Promise<void> {
  if (uploaded.length === 0) return;
  const { stay } = await step('take back what was uploaded', () => removeFiles(target, uploaded));
  if (stay.length === 0) return;
  const { bucket, prefix } = target;
  note(`not taken back: ${stay.length} files from ${stay[0]} to ${stay.at(-1)} in ${bucket}/${prefix}`);
  note('they are part of no image; the same import replaces them');
}

/** The cloud may have registered the image, and cannot be asked. The cause is what the registration failed with. */
class OutcomeUnknown extends Error {
  readonly location: string;

  constructor(location: string, cause: unknown) {
    super('unknown', { cause });
    this.location = location;
  }
}

/** An answer that was lost, or an attempt after it, looks like a failure: the bundle of a registered image must stay. */
async function registerOnce(ec2: EC2Client, image: Parameters<typeof registerImage>[1]): Promise<string> {
  try {
    return await registerImage(ec2, image);
  } catch (error) {
    const found = await ec2
      .send(
        new DescribeImagesCommand({
          Owners: ['self'],
          Filters: [
            { Name: 'manifest-location', Values: [image.location] },
            { Name: 'state', Values: ['available'] },
          ],
        }),
      )
      .catch(() => {
        throw new OutcomeUnknown(image.location, error);
      });
    const imageId = found.Images?.[0]?.ImageId;
    if (imageId === undefined) throw error;
    return imageId;
  }
}

export async function registerImage(
  ec2: EC2Client,
  image: Pick<ImportOptions, 'description' | 'kernelId' | 'ramdiskId'> & {
    location: string;
    name?: string | undefined;
  },
): Promise<string> {
  const { ImageId } = await cloudCall(
    ec2.send(
      new RegisterImageCommand({
        ImageLocation: image.location,
        Name: image.name,
        Description: image.description,
        KernelId: image.kernelId,
        RamdiskId: image.ramdiskId,
      }),
    ),
  );
  if (ImageId === undefined) throw new MalleeError('Wire.BadReply', 'the cloud registered the image without an id');
  return ImageId;
}

/** Throws `Image.NotBootable` for what would never start. */
export function checkBootable(
  content: DiskContent,
  { kind, kernelId, force }: Pick<ImportOptions, 'kind' | 'kernelId' | 'force'>,
): void {
  if (force) return;
  const found = describeContent(content);
  if (kind === 'machine') {
    const starts = content.boots === undefined && (kernelId !== undefined || content.loader !== undefined);
    if (!starts)
      throw new MalleeError('Image.NotBootable', `found ${found}: it needs --kernel, or a boot loader (--force)`);
  } else if (content.table !== 'none' || (content.boots !== undefined && content.boots !== kind)) {
    throw new MalleeError('Image.NotBootable', `found ${found} where a ${kind} was expected (--force)`);
  }
}
