import { resolve } from 'node:path';
import type { Command } from 'commander';
import { bundleImage } from '@mallee/image-bundle';
import { readBundleKeys, type AccessOptions } from '../image/access.js';
import { progressText } from '../image/local-source.js';
import { plainName } from '../image/prepare-disk.js';
import type { ImageKind } from '../image/import-image.js';
import { say, step } from '../progress.js';
import { kindOption, withKeys } from './image-options.js';
import { stateOf, withState } from './options.js';

interface BundleSettings extends AccessOptions {
  readonly kind: ImageKind;
  readonly name?: string;
  readonly arch: string;
  readonly kernel?: string;
  readonly ramdisk?: string;
  readonly directory: string;
}

export function defineImageBundle(image: Command): void {
  withKeys(
    withState(
      image
        .command('bundle')
        .description('make a bundle (manifest and parts) of a raw image, as euca-bundle-image and ec2-bundle-image do')
        .argument('<file>', 'raw image; not looked into'),
    ),
  )
    .addOption(kindOption())
    .option('--name <name>', 'of the bundle (default: that of the file)')
    .option('--arch <architecture>', 'of the machine', 'x86_64')
    .option('--kernel <id>', 'kernel to start it with')
    .option('--ramdisk <id>', 'ramdisk to start it with')
    .option('--directory <directory>', 'where the bundle goes', '.')
    .action(async (file: string, settings: BundleSettings) => {
      const keys = readBundleKeys({ ...settings, state: stateOf(settings) });
      const source = resolve(file);
      const directory = resolve(settings.directory);
      const { manifestName } = await step(`bundle ${file}`, (update) =>
        bundleImage({
          ...keys,
          source,
          kind: settings.kind,
          name: settings.name ?? plainName(file.slice(file.lastIndexOf('/') + 1)),
          architecture: settings.arch,
          ...(settings.kernel === undefined ? {} : { kernelId: settings.kernel }),
          ...(settings.ramdisk === undefined ? {} : { ramdiskId: settings.ramdisk }),
          output: directory,
          onProgress: (bytes) => update(progressText(bytes, Number.NaN)),
        }),
      );
      say(resolve(directory, manifestName));
    });
}
