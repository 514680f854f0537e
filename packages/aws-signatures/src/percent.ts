/** Percent-encoding as the AWS signatures define it: RFC 3986 unreserved bytes stay, all others become `%XX`. */
export function encodeComponent(value: string | Buffer): string {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  let out = '';
  for (const byte of bytes) {
    out += isUnreserved(byte) ? String.fromCharCode(byte) : '%' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return out;
}

/** Encodes a path, keeping its slashes. */
export function encodePath(path: Buffer): string {
  return path.toString('latin1').split('/').map(encodeLatin1).join('/');
}

/** The bytes of a percent-encoded text; a `%` without two hex digits stands for itself. */
export function decodePercent(text: string, plusIsSpace: boolean): Buffer {
  const source = Buffer.from(text, 'utf8');
  const out = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] as number;
    const code = byte === 0x25 && i + 2 < source.length ? hexPair(source, i + 1) : -1;
    if (code >= 0) {
      out[length++] = code;
      i += 2;
    } else {
      out[length++] = plusIsSpace && byte === 0x2b ? 0x20 : byte;
    }
  }
  return out.subarray(0, length);
}

/** Name and value pairs of a raw query, decoded to bytes; a parameter without `=` has an empty value. */
export function splitQuery(rawQuery: string): [name: Buffer, value: Buffer][] {
  const pairs: [Buffer, Buffer][] = [];
  for (const piece of rawQuery.split('&')) {
    if (piece === '') continue;
    const mark = piece.indexOf('=');
    const name = mark === -1 ? piece : piece.slice(0, mark);
    const value = mark === -1 ? '' : piece.slice(mark + 1);
    pairs.push([decodePercent(name, true), decodePercent(value, true)]);
  }
  return pairs;
}

/** First value of each query parameter, as text. */
export function queryParameters(rawQuery: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of splitQuery(rawQuery)) {
    const key = name.toString('utf8');
    if (!found.has(key)) found.set(key, value.toString('utf8'));
  }
  return found;
}

/** Orders texts of single-byte characters (percent-encoded ones are) by byte value. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encodeLatin1(segment: string): string {
  return encodeComponent(Buffer.from(segment, 'latin1'));
}

function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x7e
  );
}

function hexPair(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at] as number);
  const low = hexDigit(bytes[at + 1] as number);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
