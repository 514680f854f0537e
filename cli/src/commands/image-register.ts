import type { Command } from 'commander';
import { openClients, type AccessOptions } from '../image/access.js';
import { registerImage } from '../image/import-image.js';
import { say, step } from '../progress.js';
import { withCloud } from './image-options.js';
import { stateOf } from './options.js';

interface RegisterSettings extends AccessOptions {
  readonly name?: string;
  readonly description?: string;
  readonly kernel?: string;
  readonly ramdisk?: string;
}

export function defineImageRegister(image: Command): void {
  withCloud(
    image
      .command('register')
      .description('register an uploaded bundle; prints the id of the image')
      .argument('<location>', 'BUCKET/NAME.manifest.xml'),
  )
    .option('--name <name>', 'of the image')
    .option('--description <text>', 'shown with the image')
    .option('--kernel <id>', 'kernel to start it with, instead of that in the manifest')
    .option('--ramdisk <id>', 'ramdisk to start it with, instead of that in the manifest')
    .action(async (location: string, settings: RegisterSettings) => {
      const { ec2, s3 } = openClients({ ...settings, state: stateOf(settings) });
      try {
        const { name, description, kernel: kernelId, ramdisk: ramdiskId } = settings;
        say(await step('register', () => registerImage(ec2, { location, name, description, kernelId, ramdiskId })));
      } finally {
        s3.destroy();
        ec2.destroy();
      }
    });
}
