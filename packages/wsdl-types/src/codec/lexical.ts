import type { SimpleType } from '../table.js';

/**
 * The text forms of the simple types (XML Schema part 2). `parse` gives undefined for text that is not of the type,
 * `print` for a value that is not.
 */
interface Lexical<T> {
  parse(text: string): T | undefined;
  print(value: unknown): string | undefined;
}

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const INTEGER = /^[+-]?\d{1,20}$/;
const DOUBLE = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))?$/;
// As XML Schema has it: the bits that stand for no byte are 0.
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;
// The Char production of XML 1.0; with the u flag a lone surrogate is a character of its own and does not match.
const XML_TEXT = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

function integer(low: number, high: number): Lexical<number> {
  const inRange = (n: number): number | undefined => (Number.isInteger(n) && n >= low && n <= high ? n : undefined);
  return {
    parse(text) {
      const trimmed = collapse(text);
      // "+ 0" turns -0 into 0.
      return INTEGER.test(trimmed) ? inRange(Number(trimmed) + 0) : undefined;
    },
    print(value) {
      return typeof value === 'number' && inRange(value) !== undefined ? String(value + 0) : undefined;
    },
  };
}

/** Removes the white space that schema types other than string allow around their value. */
function collapse(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

const string: Lexical<string> = {
  parse: (text) => text,
  print: (value) => (typeof value === 'string' && XML_TEXT.test(value) ? value : undefined),
};

/**
 * Printed as `true` and `false`, the only forms that original peers read. Read as `true`, `false` (any case, as C
 * peers print them), `1` and `0`, as XML Schema has it and other stacks print them. An original takes whatever is not
 * `true` for false, `1` among it; here other text is an error, so that nothing is silently turned into its opposite.
 */
const boolean: Lexical<boolean> = {
  parse(text) {
    const word = collapse(text).toLowerCase();
    if (word === 'true' || word === '1') return true;
    return word === 'false' || word === '0' ? false : undefined;
  },
  print: (value) => (typeof value === 'boolean' ? String(value) : undefined),
};

const double: Lexical<number> = {
  parse(text) {
    const word = collapse(text);
    if (word === 'INF') return Infinity;
    if (word === '-INF') return -Infinity;
    if (word === 'NaN') return NaN;
    return DOUBLE.test(word) ? Number(word) : undefined;
  },
  print(value) {
    if (typeof value !== 'number') return undefined;
    if (value === Infinity) return 'INF';
    if (value === -Infinity) return '-INF';
    return Object.is(value, -0) ? '-0' : String(value);
  },
};

/** Kept as text: the wire form is what peers echo and compare. */
const dateTime: Lexical<string> = {
  parse(text) {
    const trimmed = collapse(text);
    return isDateTime(trimmed) ? trimmed : undefined;
  },
  print: (value) => (typeof value === 'string' && isDateTime(value) ? value : undefined),
};

function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (match === null) return false;
  const part = (n: number): number => Number(match[n] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  return part(7) <= 14 && part(8) <= 59;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Kept as base64 text, without the line breaks that are legal inside. */
const base64: Lexical<string> = {
  parse(text) {
    const packed = text.replace(/[ \t\r\n]+/g, '');
    return BASE64.test(packed) ? packed : undefined;
  },
  print: (value) => (typeof value === 'string' && BASE64.test(value) ? value : undefined),
};

export const lexical: Readonly<Record<SimpleType, Lexical<string | number | boolean>>> = {
  string,
  int: integer(INT_MIN, INT_MAX),
  long: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  boolean,
  double,
  dateTime,
  base64,
};

/** How an error calls a value of the type. */
export const typeTitle: Readonly<Record<SimpleType, string>> = {
  string: 'text of characters that XML allows',
  int: 'a whole number of 32 bits',
  long: 'a whole number up to 2^53 - 1',
  boolean: 'true or false',
  double: 'a number',
  dateTime: 'a date and time such as 2010-10-15T08:30:00Z',
  base64: 'base64',
};
