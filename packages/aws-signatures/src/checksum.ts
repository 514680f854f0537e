import { createHash } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { equalText } from './constant-time.js';
import { crc32, crc32c, crc64nvme, type RunningChecksum } from './crc.js';

export type ChecksumName = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

const PREFIX = 'x-amz-checksum-';
const MAKERS: Readonly<Record<ChecksumName, () => RunningChecksum>> = {
  crc32,
  crc32c,
  crc64nvme,
  sha1: () => hash('sha1'),
  sha256: () => hash('sha256'),
};

/** Bytes of each checksum. */
const LENGTHS: Readonly<Record<ChecksumName, number>> = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 };

export function createChecksum(name: ChecksumName): RunningChecksum {
  return MAKERS[name]();
}

/** The checksum a header or trailer such as `x-amz-checksum-crc32` carries; undefined for any other name. */
export function checksumOfHeader(header: string): ChecksumName | undefined {
  const name = header.startsWith(PREFIX) ? header.slice(PREFIX.length) : '';
  return Object.hasOwn(MAKERS, name) ? (name as ChecksumName) : undefined;
}

/** Throws `InvalidRequest` when `value` is not base64 of the right length, `BadDigest` when it is not `actual`. */
export function verifyChecksum(name: ChecksumName, value: string, actual: Buffer): void {
  if (Buffer.from(value, 'base64').length !== LENGTHS[name] || !/^[A-Za-z0-9+/]+=*$/.test(value)) {
    throw new MalleeError('InvalidRequest', `Value for ${PREFIX}${name} header is invalid.`);
  }
  if (!equalText(value, actual.toString('base64'))) {
    throw new MalleeError(
      'BadDigest',
      `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
    );
  }
}

function hash(algorithm: string): RunningChecksum {
  const running = createHash(algorithm);
  return { update: (chunk) => void running.update(chunk), digest: () => running.digest() };
}
