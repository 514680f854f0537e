import { isCharacter } from './characters.js';
import { malformed } from './errors.js';

const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Replaces character references and the five predefined entities; every other use of & is refused. */
export function decodeReferences(raw: string): string {
  let decoded = '';
  let from = 0;
  for (let at = raw.indexOf('&'); at >= 0; at = raw.indexOf('&', from)) {
    const semicolon = raw.indexOf(';', at);
    // The longest legal reference is short; a far semicolon is not looked at twice.
    if (semicolon < 0 || semicolon - at > 16) malformed('an & is not part of a reference');
    decoded += raw.slice(from, at) + decodeOne(raw.slice(at + 1, semicolon));
    from = semicolon + 1;
  }
  return decoded + raw.slice(from);
}

function decodeOne(name: string): string {
  if (name.startsWith('#')) return decodeCharacter(name);
  const character = Object.hasOwn(predefined, name) ? predefined[name] : undefined;
  return character ?? malformed(`the entity ${JSON.stringify(name)} is not declared`);
}

function decodeCharacter(name: string): string {
  const digits = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
  if (digits === null) malformed('a character reference is not well-formed');
  const code = digits[1] === undefined ? Number.parseInt(digits[2] ?? '', 10) : Number.parseInt(digits[1], 16);
  if (!isCharacter(code)) malformed('a character reference names a character that XML does not allow');
  return String.fromCodePoint(code);
}
