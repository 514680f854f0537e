const NAME_START = 1;
const NAME_PART = 2;

/** Class of each ASCII character in names. The colon is left out: names are split at it (Namespaces in XML 1.0). */
const asciiClass = ((): Uint8Array => {
  const table = new Uint8Array(128);
  const mark = (text: string, flags: number): void => {
    for (const character of text) table[character.charCodeAt(0)] = flags;
  };
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', NAME_START | NAME_PART);
  mark('0123456789-.', NAME_PART);
  return table;
})();

// Name characters outside ASCII, XML 1.0 fifth edition, productions 4 and 4a.
const otherStart =
  /^[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]$/u;
const otherPart = /^[\u00b7\u0300-\u036f\u203f\u2040]$/u;

/** True for a character that may start a name; `code` is a code point. */
export function isNameStart(code: number): boolean {
  if (code < 128) return (asciiClass[code]! & NAME_START) !== 0;
  return otherStart.test(String.fromCodePoint(code));
}

/** True for a character that may follow in a name; `code` is a code point. */
export function isNamePart(code: number): boolean {
  if (code < 128) return asciiClass[code] !== 0;
  const character = String.fromCodePoint(code);
  return otherStart.test(character) || otherPart.test(character);
}

/** Production 2 (Char): false for control characters, U+FFFE, U+FFFF and surrogates. `code` is a code point. */
export function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

export const forbiddenCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0xa || code === 0x9 || code === 0xd;
}
