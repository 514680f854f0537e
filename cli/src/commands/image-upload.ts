import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { openClients, type AccessOptions } from '../image/access.js';
import { uploadBundle } from '../image/bundle-files.js';
import { cloudCall } from '../image/sdk-errors.js';
import { ensureBucket, requireAbsent, targetOf } from '../image/upload-bundle.js';
import { say, step } from '../progress.js';
import { withCloud } from './image-options.js';
import { stateOf } from './options.js';

export function defineImageUpload(image: Command): void {
  withCloud(
    image
      .command('upload')
      .description('upload a bundle; prints the location to register')
      .argument('<bucket>', 'bucket, and folder, of the bundle; made when absent')
      .argument('<manifest>', 'NAME.manifest.xml, its parts beside it'),
  )
    .option('--replace', 'also in the place of a bundle that is there; images registered from that one stop to start')
    .action(async (bucket: string, manifest: string, settings: AccessOptions & { replace?: boolean }) => {
      const { ec2, s3 } = openClients({ ...settings, state: stateOf(settings) });
      try {
        const target = targetOf(s3, bucket);
        const name = basename(manifest);
        await cloudCall(ensureBucket(target));
        if (settings.replace !== true) await cloudCall(requireAbsent(target, name));
        await step(`upload ${name}`, (update) => uploadBundle(target, resolve(manifest), name, update));
        say(`${target.bucket}/${target.prefix}${name}`);
      } finally {
        s3.destroy();
        ec2.destroy();
      }
    });
}
