import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { openClients, type AccessOptions } from '../image/access.js';
import { deleteBundle, downloadBundle } from '../image/bundle-files.js';
import { targetOf, type BundleTarget } from '../image/upload-bundle.js';
import { say, step } from '../progress.js';
import { usageError } from '../soap/usage-error.js';
import { withCloud } from './image-options.js';
import { stateOf } from './options.js';

export function defineImageDownload(image: Command): void {
  withCloud(
    image
      .command('download')
      .description('fetch manifest and parts of a bundle')
      .argument('<location>', 'BUCKET/NAME.manifest.xml'),
  )
    .option('--directory <directory>', 'where they go', '.')
    .action(async (location: string, settings: AccessOptions & { directory: string }) => {
      await withBundle(location, settings, async (target, name) => {
        const directory = resolve(settings.directory);
        await mkdir(directory, { recursive: true });
        say(await step(`download ${name}`, (update) => downloadBundle(target, name, directory, update)));
      });
    });
}

export function defineImageDelete(image: Command): void {
  withCloud(
    image
      .command('delete')
      .description('delete manifest and parts of a bundle; deregister its image before')
      .argument('<location>', 'BUCKET/NAME.manifest.xml'),
  ).action(async (location: string, settings: AccessOptions) => {
    await withBundle(location, settings, async (target, name) => {
      const parts = await step(`delete ${name}`, () => deleteBundle(target, name));
      say(`deleted the manifest and ${parts} parts`);
    });
  });
}

async function withBundle(
  location: string,
  settings: AccessOptions,
  work: (target: BundleTarget, manifestName: string) => Promise<void>,
): Promise<void> {
  const slash = location.lastIndexOf('/');
  if (slash < 1 || slash === location.length - 1) throw usageError(`${location} is not BUCKET/NAME.manifest.xml`);
  const { ec2, s3 } = openClients({ ...settings, state: stateOf(settings) });
  try {
    await work(targetOf(s3, location.slice(0, slash)), location.slice(slash + 1));
  } finally {
    s3.destroy();
    ec2.destroy();
  }
}
