import { readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';
import { credentialsFile } from './plan.js';
import type { CloudLayout } from './layout.js';

/** What the CLC wrote for the first administrator. */
export interface Credentials {
  readonly accountId: string;
  readonly userId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** PEM of the user's X.509 certificate and its key, for bundling images. */
  readonly certificate: string;
  readonly privateKey: string;
}

export function readCredentials(layout: CloudLayout): Credentials {
  return readCredentialsFile(credentialsFile(layout));
}

export function readCredentialsFile(file: string): Credentials {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `cannot read the administrator's credentials ${file}`, { cause });
  }
}
