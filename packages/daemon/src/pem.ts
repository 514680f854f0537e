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
