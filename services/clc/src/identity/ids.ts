import { randomBytes, randomInt } from 'node:crypto';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Eight random upper-case hex digits behind a prefix: the shape of the original (`i-1A2B3C4D`). */
export function resourceId(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex').toUpperCase()}`;
}

/** As above in lower case, for kinds that came with later API versions (`sg-1a2b3c4d`). */
export function lowerResourceId(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** Any case the client sent to the stored form. The original: first the prefix in lower case, then hex in upper case. */
export function normaliseId(id: string): string {
  const match = /^([A-Za-z]+)-([0-9A-Fa-f]{8})$/.exec(id.trim());
  if (!match) return id.trim();
  const prefix = match[1]!.toLowerCase();
  return `${prefix}-${upperKinds.has(prefix) ? match[2]!.toUpperCase() : match[2]!.toLowerCase()}`;
}

const upperKinds = new Set(['i', 'r', 'emi', 'eki', 'eri', 'vol', 'snap']);

export const newUserId = (): string => `AIDA${pick(UPPER, 17)}`;
export const newAccessKeyId = (): string => `AKIA${pick(UPPER, 16)}`;
export const newSecretKey = (): string => pick(SECRET, 40);
export const newCanonicalId = (): string => randomBytes(32).toString('hex');
export const newAccountId = (): string => String(randomInt(100_000_000_000, 1_000_000_000_000));

/** The MAC address of an instance: d0:0d and the four bytes of its id. */
export function instanceMac(instanceId: string): string {
  return ['d0', '0d', ...(instanceId.slice(2).toLowerCase().match(/../g) ?? [])].join(':');
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]!).join('');
}
