import {
  checksumOfHeader,
  combineCrcs,
  createChecksum,
  headerValue,
  type ChecksumName,
  type Headers,
} from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { Part } from '../storage/multipart.js';
import type { Checksum, ChecksumType } from '../storage/objects.js';

/** A part as CompleteMultipartUpload names it. */
export interface WantedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksums: readonly { readonly name: ChecksumName; readonly value: string }[];
}

/**
 * Checksum of an object out of those of its parts: of their concatenation (`COMPOSITE`), or of the whole (CRCs can be
 * combined). Held against what the request says. Undefined when the upload was started without one.
 */
export function completedChecksum(
  headers: Headers,
  declared: { readonly name: ChecksumName; readonly type: ChecksumType } | undefined,
  parts: readonly Part[],
): Checksum | undefined {
  const [given] = Object.keys(headers).flatMap((header) => {
    const name = checksumOfHeader(header);
    return name === undefined ? [] : [{ name, value: headerValue(headers, header) ?? '' }];
  });
  const givenType = headerValue(headers, 'x-amz-checksum-type');
  if (givenType !== undefined && declared !== undefined && givenType !== declared.type) {
    throw new MalleeError(
      'InvalidRequest',
      `The upload was created using the ${declared.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const wanted = declared ?? guessed(given, parts);
  const value = wanted === undefined ? undefined : valueOf(wanted, parts);
  if (given !== undefined) checkGiven(given, wanted?.name, value);
  return wanted === undefined || value === undefined ? undefined : { ...wanted, value };
}

function valueOf(wanted: Pick<Checksum, 'name' | 'type'>, parts: readonly Part[]): string | undefined {
  const values = parts.map((part) => (part.checksum?.name === wanted.name ? part.checksum.value : undefined));
  if (!values.every((value) => value !== undefined)) return undefined;
  return wanted.type === 'COMPOSITE' ? composite(wanted.name, values) : whole(wanted.name, values, parts);
}

/** What cannot be verified is refused, not ignored. */
function checkGiven(
  given: { readonly name: ChecksumName; readonly value: string },
  name: ChecksumName | undefined,
  value: string | undefined,
): void {
  const shown = given.name.toUpperCase();
  if (given.name !== name || value === undefined) {
    throw new MalleeError('InvalidRequest', `The parts of this upload do not have the ${shown} you specified.`);
  }
  // Composite ones are also written without the number of parts.
  if (given.value === value || given.value === value.split('-')[0]) return;
  throw new MalleeError('BadDigest', `The ${shown} you specified did not match the calculated checksum.`);
}

/** Without a declaration at the start: the algorithm given now, of the whole object. */
function guessed(
  given: { readonly name: ChecksumName; readonly value: string } | undefined,
  parts: readonly Part[],
): { name: ChecksumName; type: ChecksumType } | undefined {
  if (given === undefined || given.name === 'sha1' || given.name === 'sha256') return undefined;
  return parts.every((part) => part.checksum?.name === given.name)
    ? { name: given.name, type: 'FULL_OBJECT' }
    : undefined;
}

function composite(name: ChecksumName, values: readonly string[]): string {
  const running = createChecksum(name);
  for (const value of values) running.update(Buffer.from(value, 'base64'));
  return `${running.digest().toString('base64')}-${values.length}`;
}

function whole(name: ChecksumName, values: readonly string[], parts: readonly Part[]): string {
  const pieces = values.map((value, i) => ({ crc: Buffer.from(value, 'base64'), length: parts[i]?.size ?? 0 }));
  return combineCrcs(name, pieces).toString('base64');
}
