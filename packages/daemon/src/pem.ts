import { readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';

/** The text of a PEM file. @throws Configuration.Invalid naming the file */
export function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `cannot read ${file}`, { cause, details: { file } });
  }
}

/** The certificates of a PEM text, each as a text of its own; a text without any comes back as it is, for its reader to refuse. */
export function splitCertificates(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return found === null ? [pem] : found.map((one) => `${one}\n`);
}
