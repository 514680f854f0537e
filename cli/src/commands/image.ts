import type { Command } from 'commander';
import { defineImageBundle } from './image-bundle.js';
import { defineImageDelete, defineImageDownload } from './image-download.js';
import { defineImageImport } from './image-import.js';
import { defineImageRegister } from './image-register.js';
import { defineImageUnbundle } from './image-unbundle.js';
import { defineImageUpload } from './image-upload.js';

export function defineImage(program: Command): void {
  const image = program
    .command('image')
    .description('machine images: import in one command, or bundle, upload and register as the classical tools do')
    .addHelpText(
      'after',
      '\nWithout EC2_URL and S3_URL (an eucarc file sets them) it is the cloud on this machine, and its administrator.\nThe access key comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or EC2_ACCESS_KEY and EC2_SECRET_KEY.',
    );
  defineImageImport(image);
  defineImageBundle(image);
  defineImageUpload(image);
  defineImageRegister(image);
  defineImageUnbundle(image);
  defineImageDownload(image);
  defineImageDelete(image);
}
