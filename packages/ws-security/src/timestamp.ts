import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import { WSU } from './names.js';
import { exactChildren, expect, leafText, onlyAttributes, WSU_ID } from './read-element.js';
import { violation } from './violation.js';

/** Milliseconds since 1970. */
export interface ReadTimestamp {
  readonly created: number;
  readonly expires: number;
}

export interface FreshnessRules {
  /** How far the clocks of two machines may differ, in milliseconds. */
  readonly skewMs: number;
  /** Longest time after Created that a message is taken, whatever its Expires says, in milliseconds. */
  readonly maximumAgeMs: number;
  /** How long a request without Timestamp (profile headers-only) is remembered against replay, in milliseconds. */
  readonly untimedMemoryMs: number;
}

/**
 * The originals allow 20 s (ClockSkewBuffer) and send messages that live 300 s. A message without time can be replayed once it is
 * forgotten, after an hour: no bounded memory can do better, which is one reason for not using that profile.
 */
export const defaultFreshness: FreshnessRules = { skewMs: 20_000, maximumAgeMs: 300_000, untimedMemoryMs: 3_600_000 };

/** Reads Created and Expires, in this order and both required. */
export function readTimestamp(element: XmlElement): ReadTimestamp {
  onlyAttributes(element, [WSU_ID]);
  const [first, second] = exactChildren(element, 2);
  const created = readTime(expect(first, WSU, 'Created', 'Timestamp'));
  const expires = readTime(expect(second, WSU, 'Expires', 'Timestamp'));
  if (expires <= created) violation('Expires is not later than Created');
  return { created, expires };
}

function readTime(element: XmlElement): number {
  onlyAttributes(element, []);
  return parseTime(leafText(element)) ?? violation(`${element.local} is not a UTC time`);
}

const SECONDS_KEPT = 64;
/** Texts up to the second, with the dot behind it, that were read before: messages that arrive together repeat them. */
const seconds = new Map<string, number>();

/** UTC with Z, with or without fractions of a second; undefined for dates that do not exist, leap seconds and all other forms. */
export function parseTime(text: string): number | undefined {
  const known = text.length === 24 ? seconds.get(text.slice(0, 20)) : undefined;
  if (known !== undefined && /^\d{3}Z$/.test(text.slice(20))) return known + Number(text.slice(20, 23));
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (match === null) return undefined;
  const milliseconds = (match[2] ?? '').padEnd(3, '0').slice(0, 3);
  const second = Date.parse(`${match[1]}.000Z`);
  // A day that does not exist becomes another one.
  if (Number.isNaN(second) || !new Date(second).toISOString().startsWith(match[1]!)) return undefined;
  if (seconds.size >= SECONDS_KEPT) seconds.clear();
  seconds.set(Buffer.from(`${match[1]}.`).toString(), second);
  return second + Number(milliseconds);
}

/** Throws Wire.ClockSkew for a message of the future, Wire.Expired for one that is too old; both name both clocks. */
export function checkFresh(timestamp: ReadTimestamp, now: number, rules: FreshnessRules): void {
  if (timestamp.created > now + rules.skewMs) {
    throw untimely('Wire.ClockSkew', 'the message lies in the future', timestamp, now, rules);
  }
  if (validUntil(timestamp, rules) < now) {
    throw untimely('Wire.Expired', 'the message has expired', timestamp, now, rules);
  }
}

function untimely(
  code: 'Wire.ClockSkew' | 'Wire.Expired',
  what: string,
  timestamp: ReadTimestamp,
  now: number,
  { skewMs, maximumAgeMs }: FreshnessRules,
): MalleeError {
  const [created, expires, ours] = [timestamp.created, timestamp.expires, now].map(iso);
  const details = { created, expires, now: ours, skewMs, maximumAgeMs };
  return new MalleeError(code, `${what}: Created ${created}, Expires ${expires}, our clock ${ours}`, { details });
}

/** The last moment at which the message is taken. */
export function validUntil(timestamp: ReadTimestamp, rules: FreshnessRules): number {
  return Math.min(timestamp.expires, timestamp.created + rules.maximumAgeMs) + rules.skewMs;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
