/** The window in which a signed date is accepted, both ways: 15 minutes. */
export const SKEW_MS = 15 * 60 * 1000;

const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const EXTENDED = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i;
const HTTP =
  /^(?:[A-Za-z]{3,9},? +)?(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4}) +(\d\d):(\d\d):(\d\d)(?: +(GMT|UTC|Z|[+-]\d{4}))?$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** ISO 8601 basic form, `20130524T000000Z`. */
export function parseBasic(text: string): Date | undefined {
  const match = BASIC.exec(text);
  return match === null ? undefined : fromFields(match.slice(1, 7).map(Number), 0);
}

/** The basic form of an instant, whole seconds. */
export function formatBasic(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/**
 * ISO 8601 extended form. Without a zone it is UTC (euca2ools 1.3 leaves the Z out), and a still encoded colon is
 * tolerated, as old clients encode once too often.
 */
export function parseExtended(text: string): Date | undefined {
  const match = EXTENDED.exec(text.replace(/%3A/gi, ':'));
  return match === null ? undefined : fromFields(match.slice(1, 7).map(Number), zoneMinutes(match[7]));
}

/** The date of an HTTP `Date` or `x-amz-date` header: RFC 1123, or either ISO form; UTC when no zone is given. */
export function parseHeaderDate(text: string): Date | undefined {
  const trimmed = text.trim();
  const match = HTTP.exec(trimmed);
  if (match === null) return parseBasic(trimmed) ?? parseExtended(trimmed);
  const month = MONTHS.indexOf((match[2] as string).toLowerCase()) + 1;
  const fields = [Number(match[3]), month, ...[match[1], match[4], match[5], match[6]].map(Number)];
  return fromFields(fields, zoneMinutes(match[7]));
}

/** True when `at` lies within 15 minutes of `now`, before or after. */
export function isFresh(at: Date, now: Date): boolean {
  return Math.abs(now.getTime() - at.getTime()) <= SKEW_MS;
}

function fromFields(fields: number[], zone: number): Date | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC rolls over (31 February becomes 3 March); such a date is not a date. A leap second is.
  const exact = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60;
  return exact || second === 60 ? new Date(at.getTime() - zone * 60_000) : undefined;
}

function zoneMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '');
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
