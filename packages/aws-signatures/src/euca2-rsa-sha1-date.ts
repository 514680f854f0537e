import { parseHeaderDate } from './timestamps.js';

/** `Sun Nov 22 16:11:00 2026` (C, ctime) or `Sun Nov 22 16:11:00 UTC 2026` (Java, Date.toString). */
const C_TIME =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:([A-Z]{3,5}) )?(\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HOUR_MS = 3_600_000;

/**
 * The instants that the Date of an original can mean. A date without a zone, or with one that has only an abbreviation, is local
 * time: `utcOffsetMinutes` east of UTC, by default that of this process. Two instants in the hour that the end of summer time repeats,
 * none for text of another form.
 */
export function readOriginalDate(text: string, utcOffsetMinutes?: number): readonly Date[] {
  const match = C_TIME.exec(text);
  if (match === null) {
    const at = parseHeaderDate(text);
    return at === undefined ? [] : [at];
  }
  const [day, hour, minute, second, year] = [match[2], match[3], match[4], match[5], match[7]].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const utc = new Date(Date.UTC(year, MONTHS.indexOf(match[1] as string), day, hour, minute, second));
  if (utc.getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) return [];
  if (match[6] === 'UTC' || match[6] === 'GMT') return [utc];
  if (utcOffsetMinutes !== undefined) return [new Date(utc.getTime() - utcOffsetMinutes * 60_000)];
  const local = new Date(year, utc.getUTCMonth(), day, hour, minute, second);
  const hourLater = new Date(local.getTime() + HOUR_MS);
  return hourLater.getHours() === local.getHours() ? [local, hourLater] : [local];
}
