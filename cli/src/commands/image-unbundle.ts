import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { readPrivateKey, type AccessOptions } from '../image/access.js';
import { readManifestFile, unbundleFile } from '../image/bundle-files.js';
import { say, step } from '../progress.js';
import { usageError } from '../soap/usage-error.js';
import { byteSize, MAX_SIZE } from './image-options.js';
import { stateOf, withState } from './options.js';

interface UnbundleSettings extends AccessOptions {
  readonly source?: string;
  readonly output?: string;
  readonly maxSize: number;
}

export function defineImageUnbundle(image: Command): void {
  withState(
    image
      .command('unbundle')
      .description('decrypt and unpack a bundle, of whatever tool, into the raw image')
      .argument('<manifest>', 'NAME.manifest.xml'),
  )
    .option('--private-key <file>', 'PEM key of the user who made it, or of the cloud (default: EC2_PRIVATE_KEY)')
    .option('--source <directory>', 'where the parts are (default: beside the manifest)')
    .option('--output <file>', 'the image (default: its name in the manifest)')
    .option('--max-size <bytes>', 'refuse larger images', byteSize, MAX_SIZE)
    .action(async (manifest: string, settings: UnbundleSettings) => {
      const manifestFile = resolve(manifest);
      const privateKeyPem = readPrivateKey({ ...settings, state: stateOf(settings) });
      const output = resolve(settings.output ?? (await nameIn(manifestFile)));
      const directory = settings.source === undefined ? dirname(manifestFile) : resolve(settings.source);
      const job = { manifestFile, directory, privateKeyPem, output, maxBytes: settings.maxSize };
      await step('unbundle', (update) => unbundleFile(job, update));
      say(output);
    });
}

/** A manifest is foreign data: its name for the image may not lead elsewhere. */
async function nameIn(manifestFile: string): Promise<string> {
  const { name } = (await readManifestFile(manifestFile)).manifest;
  if (/^[^/\\.][^/\\]*$/.test(name)) return name;
  throw usageError(`the manifest calls the image ${JSON.stringify(name)}: give --output`);
}
