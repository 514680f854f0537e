import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { openClients, readBundleKeys, type AccessOptions } from '../image/access.js';
import type { DiskFormat } from '../image/disk-format.js';
import { importImage, type ImageKind } from '../image/import-image.js';
import { say } from '../progress.js';
import { byteSize, kindOption, MAX_SIZE, withCloud, withKeys } from './image-options.js';
import { stateOf } from './options.js';

interface ImportSettings extends AccessOptions {
  readonly kind: ImageKind;
  readonly bucket: string;
  readonly name?: string;
  readonly description?: string;
  readonly arch: string;
  readonly kernel?: string;
  readonly ramdisk?: string;
  readonly format?: DiskFormat;
  readonly maxSize: number;
  readonly workDirectory: string;
  readonly force?: boolean;
}

export function defineImageImport(image: Command): void {
  withKeys(
    withCloud(
      image
        .command('import')
        .description('bundle, upload and register a disk in one go; prints the id of the image')
        .argument('<file-or-url>', 'raw or qcow2, also packed by gzip, xz, bzip2 or zstd'),
    ),
  )
    .addOption(kindOption())
    .option('--bucket <bucket>', 'bucket, and folder, of the bundle; made when absent', 'images')
    .option('--name <name>', 'of the image and its bundle (default: that of the file)')
    .option('--description <text>', 'shown with the image')
    .option('--arch <architecture>', 'of the machine', 'x86_64')
    .option('--kernel <id>', 'kernel to start it with')
    .option('--ramdisk <id>', 'ramdisk to start it with')
    .addOption(new Option('--format <format>', 'instead of looking').choices(['raw', 'qcow2']))
    .option('--max-size <bytes>', 'refuse larger files and disks', byteSize, MAX_SIZE)
    .option('--work-directory <directory>', 'for what is fetched, unpacked or converted', tmpdir())
    .option('--force', 'import also what does not look as if it could start')
    .action(async (source: string, settings: ImportSettings) => {
      const access = { ...settings, state: stateOf(settings) };
      const keys = readBundleKeys(access);
      const clients = openClients(access);
      try {
        const { imageId } = await importImage(clients, keys, {
          ...settings,
          source,
          architecture: settings.arch,
          kernelId: settings.kernel,
          ramdiskId: settings.ramdisk,
          maxBytes: settings.maxSize,
          workDirectory: resolve(settings.workDirectory),
          force: settings.force === true,
          name: settings.name,
          description: settings.description,
          format: settings.format,
        });
        say(imageId);
      } finally {
        clients.ec2.destroy();
        clients.s3.destroy();
      }
    });
}
