import { MalleeError } from '@mallee/errors';
import type { ChecksumName } from './checksum.js';

/** Reflected polynomials and widths of the checksums that can be combined. */
const POLYNOMIALS: Partial<Record<ChecksumName, { polynomial: bigint; bits: number }>> = {
  crc32: { polynomial: 0xedb88320n, bits: 32 },
  crc32c: { polynomial: 0x82f63b78n, bits: 32 },
  crc64nvme: { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64 },
};

/**
 * The CRC of several pieces of data put together, from the CRC (big-endian) and length in bytes of each. Works for CRCs
 * whose initial value and final XOR are all ones, as those of S3 are. Throws `InvalidRequest` for a hash.
 */
export function combineCrcs(
  name: ChecksumName,
  pieces: readonly { readonly crc: Buffer; readonly length: number }[],
): Buffer {
  const form = POLYNOMIALS[name];
  if (form === undefined) throw new MalleeError('InvalidRequest', `${name} of parts cannot be combined.`);
  let total = 0n;
  for (const { crc, length } of pieces) {
    total = shift(total, length, form) ^ BigInt(`0x${crc.toString('hex') || '0'}`);
  }
  return Buffer.from(total.toString(16).padStart(form.bits / 4, '0'), 'hex');
}

/** The CRC register after `length` zero bytes: multiplied by x^(8 length) modulo the polynomial. */
function shift(crc: bigint, length: number, form: { polynomial: bigint; bits: number }): bigint {
  const { polynomial, bits } = form;
  const one = 1n << BigInt(bits - 1);
  // x^8 in reflected form, squared for each bit of the length.
  let power = one >> 8n;
  let factor = one;
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) factor = multiply(factor, power, polynomial, bits);
    power = multiply(power, power, polynomial, bits);
  }
  return multiply(crc, factor, polynomial, bits);
}

/** Product of two reflected polynomials modulo the CRC polynomial. */
function multiply(a: bigint, b: bigint, polynomial: bigint, bits: number): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = bits - 1; bit >= 0; bit--) {
    if ((a >> BigInt(bit)) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}
