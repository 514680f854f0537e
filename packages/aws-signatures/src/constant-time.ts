import { timingSafeEqual } from 'node:crypto';

/** Compares two texts in a time that depends on their lengths only. */
export function equalText(given: string, expected: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(expected, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

/** True if any candidate equals `given`; always looks at all of them. */
export function equalsAny(given: string, candidates: Iterable<string>): boolean {
  let found = false;
  for (const candidate of candidates) found = equalText(given, candidate) || found;
  return found;
}
