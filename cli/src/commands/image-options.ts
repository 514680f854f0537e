import { type Command, InvalidArgumentError, Option } from 'commander';
import { withState } from './options.js';

export const KINDS = ['machine', 'kernel', 'ramdisk'] as const;

/** Where the cloud is and who acts; without any of these the cloud on this machine, and its administrator. */
export function withCloud(command: Command): Command {
  return withState(command)
    .option('--ec2-url <url>', 'the CLC (default: EC2_URL)')
    .option('--s3-url <url>', 'Walrus (default: S3_URL)');
}

/** What a bundle is signed with and made for. */
export function withKeys(command: Command): Command {
  return command
    .option('--account <number>', '12 digits (default: EC2_ACCOUNT_NUMBER)')
    .option('--cert <file>', 'PEM certificate of the user (default: EC2_CERT)')
    .option('--private-key <file>', 'PEM key of the user (default: EC2_PRIVATE_KEY)')
    .option('--cloud-cert <file>', 'PEM certificate of the cloud (default: EUCALYPTUS_CERT)');
}

export function kindOption(): Option {
  return new Option('--kind <kind>', 'what the image is started as').choices(KINDS).default('machine');
}

/** Bytes: `10G`, `512M`, or a plain number. */
export function byteSize(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,9})([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  const power = ['', 'K', 'M', 'G', 'T'].indexOf(unit.toUpperCase());
  if (digits === undefined || Number(digits) === 0)
    throw new InvalidArgumentError('a size is a number, with K, M, G or T');
  return Number(digits) * 1024 ** power;
}

/** Largest file and disk that a command takes. */
export const MAX_SIZE = 128 * 1024 ** 3;
