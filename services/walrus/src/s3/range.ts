import { MalleeError } from '@mallee/errors';
import type { ByteRange } from '../storage/blob-store.js';

/**
 * The one range of a `Range` header within `size` bytes. Undefined for the whole object, which is also the answer to several
 * ranges and to what is no byte range. Throws `InvalidRange` when it lies outside.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replace(/\s/g, '') ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1] as string, match[2] as string];
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw outside(header, size);
    return { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw outside(header, size);
  return { start, end };
}

/** Of the range that was asked for, as it came. */
export function outside(range: string | undefined, size: number): MalleeError {
  return new MalleeError('InvalidRange', 'The requested range is not satisfiable', { details: { range, size } });
}
