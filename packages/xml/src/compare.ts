import type { XmlAttribute } from './element.js';

/** Order by code point, as canonical XML sorts; UTF-16 order differs from it beyond U+FFFF. */
export function compareCodePoints(left: string, right: string): number {
  if (left === right) return 0;
  if (/[\ud800-\udfff]/.test(left) || /[\ud800-\udfff]/.test(right)) {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return left < right ? -1 : 1;
}

/** Canonical order of attributes: namespace name first (none before all), then local name. */
export function compareAttributes(left: XmlAttribute, right: XmlAttribute): number {
  return compareCodePoints(left.namespace, right.namespace) || compareCodePoints(left.local, right.local);
}
