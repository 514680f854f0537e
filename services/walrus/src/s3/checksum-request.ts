import { checksumOfHeader, headerValue, type ChecksumName, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ChecksumType } from '../storage/objects.js';

/** `x-amz-checksum-algorithm` (or the one of the SDKs); undefined when absent. Throws `InvalidRequest`. */
export function wantedChecksumOf(headers: Headers): ChecksumName | undefined {
  const text = headerValue(headers, 'x-amz-checksum-algorithm');
  if (text === undefined) return undefined;
  const name = checksumOfHeader(`x-amz-checksum-${text.toLowerCase()}`);
  if (name === undefined) {
    throw new MalleeError(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  }
  return name;
}

/** Algorithm and type a multipart upload was started with. */
export function uploadChecksumOf(headers: Headers): { name: ChecksumName; type: ChecksumType } | undefined {
  const name = wantedChecksumOf(headers);
  const type = headerValue(headers, 'x-amz-checksum-type');
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw new MalleeError('InvalidRequest', 'The x-amz-checksum-type header needs x-amz-checksum-algorithm.');
  }
  const fallback = name === 'crc64nvme' ? 'FULL_OBJECT' : 'COMPOSITE';
  const chosen = type ?? fallback;
  if (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE') {
    throw new MalleeError('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.');
  }
  const impossible = chosen === 'FULL_OBJECT' ? ['sha1', 'sha256'].includes(name) : name === 'crc64nvme';
  if (impossible) {
    throw new MalleeError(
      'InvalidRequest',
      `The ${chosen} checksum type cannot be used with the ${name} checksum algorithm.`,
    );
  }
  return { name, type: chosen };
}

/** Throws `InvalidRequest` when a part brings (or announces) another checksum than its upload was started with. */
export function checkPartAlgorithm(headers: Headers, declared: { readonly name: ChecksumName } | undefined): void {
  const announced = (headerValue(headers, 'x-amz-trailer') ?? '').toLowerCase().split(',');
  const names = [...Object.keys(headers), ...announced].map((name) => checksumOfHeader(name.trim()));
  const other = names.find((name) => name !== undefined && name !== declared?.name);
  if (declared === undefined || other === undefined) return;
  throw new MalleeError(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${declared.name}, actual checksum Type: ${other}`,
  );
}
