export const SEGMENT_BYTES = 1024 * 1024;
const KEPT = 16;
const kept: Buffer[] = [];

/** A piece of memory with an ArrayBuffer of its own. It is used again, because fresh memory costs more than copying into it. */
export function takeSegment(): Buffer {
  return kept.pop() ?? Buffer.allocUnsafeSlow(SEGMENT_BYTES);
}

/** For a segment that nobody looks at any more. */
export function giveSegment(segment: Buffer): void {
  if (kept.length < KEPT) kept.push(segment);
}
