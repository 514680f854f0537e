import { readFileSync } from 'node:fs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { MalleeError } from '@mallee/errors';
import { clientOptions, imageCertificate, readCredentials, requireLayout } from '@mallee/local-cloud';
import { usageError } from '../soap/usage-error.js';

/** Options that say who acts on which cloud; secrets come from files and the environment only. */
export interface AccessOptions {
  readonly state: string;
  readonly ec2Url?: string;
  readonly s3Url?: string;
  readonly account?: string;
  readonly cert?: string;
  readonly privateKey?: string;
  readonly cloudCert?: string;
}

/** The key pair of the user, and the certificate of the cloud that bundles are made for. */
export interface BundleKeys {
  readonly accountId: string;
  readonly userCertificatePem: string;
  readonly userPrivateKeyPem: string;
  readonly cloudCertificatePem: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Clients for the cloud: of the variables of an eucarc file (EC2_URL, S3_URL, EC2_ACCESS_KEY and EC2_SECRET_KEY, or the AWS_ names), else
 * of the administrator of the cloud on this machine.
 */
export function openClients(options: AccessOptions, env: Environment = process.env): { ec2: EC2Client; s3: S3Client } {
  const ec2Url = options.ec2Url ?? env['EC2_URL'];
  const s3Url = options.s3Url ?? env['S3_URL'];
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? env['EC2_ACCESS_KEY'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? env['EC2_SECRET_KEY'];
  const settings = { region: env['AWS_DEFAULT_REGION'] ?? 'mallee', maxAttempts: 5 };
  if (ec2Url === undefined && s3Url === undefined) {
    const local = { ...clientOptions(requireLayout(options.state)), ...settings };
    const s3 = new S3Client({ ...local, endpoint: `${local.endpoint}/services/Walrus`, forcePathStyle: true });
    return { ec2: new EC2Client(local), s3 };
  }
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw usageError(
      'the access key is missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or source an eucarc file',
    );
  }
  const credentials = { accessKeyId, secretAccessKey };
  return {
    ec2: new EC2Client({ ...settings, credentials, endpoint: ec2Url ?? missing('EC2_URL') }),
    s3: new S3Client({ ...settings, credentials, endpoint: s3Url ?? missing('S3_URL'), forcePathStyle: true }),
  };
}

/** What a bundle is signed with and made for: options, the variables of an eucarc file, else the cloud on this machine. */
export function readBundleKeys(options: AccessOptions, env: Environment = process.env): BundleKeys {
  const files = {
    cert: options.cert ?? env['EC2_CERT'],
    privateKey: options.privateKey ?? env['EC2_PRIVATE_KEY'],
    cloudCert: options.cloudCert ?? env['EUCALYPTUS_CERT'],
  };
  const account = options.account ?? env['EC2_ACCOUNT_NUMBER'] ?? env['EC2_USER_ID'];
  if (Object.values(files).every((file) => file === undefined)) {
    const layout = requireLayout(options.state);
    const { accountId, certificate, privateKey } = readCredentials(layout);
    return {
      accountId: account ?? accountId,
      userCertificatePem: certificate,
      userPrivateKeyPem: privateKey,
      cloudCertificatePem: imageCertificate(layout),
    };
  }
  return {
    accountId: accountNumber(account ?? missing('the account: --account or EC2_ACCOUNT_NUMBER')),
    userCertificatePem: readText(files.cert ?? missing('the certificate of the user: --cert or EC2_CERT')),
    userPrivateKeyPem: readText(files.privateKey ?? missing('the key of the user: --private-key or EC2_PRIVATE_KEY')),
    cloudCertificatePem: readText(files.cloudCert ?? missing('that of the cloud: --cloud-cert or EUCALYPTUS_CERT')),
  };
}

/** Private key of the user alone, for unpacking. */
export function readPrivateKey(options: AccessOptions, env: Environment = process.env): string {
  const file = options.privateKey ?? env['EC2_PRIVATE_KEY'];
  return file === undefined ? readCredentials(requireLayout(options.state)).privateKey : readText(file);
}

/** 12 digits; dashes are left out, as people write them. */
function accountNumber(text: string): string {
  const digits = text.replaceAll('-', '');
  if (!/^\d{12}$/.test(digits)) throw usageError(`${text} is no account number: 12 digits`);
  return digits;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new MalleeError('Command.Invalid', `cannot read ${file}`, { cause });
  }
}

function missing(what: string): never {
  throw usageError(`${what} is not given`);
}
