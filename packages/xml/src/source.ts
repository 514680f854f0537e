import { isAscii, isUtf8 } from 'node:buffer';
import { forbiddenCharacter } from './characters.js';
import { limitExceeded, malformed } from './errors.js';

const declaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*("1\.0"|'1\.0')([ \t\n]+encoding[ \t\n]*=[ \t\n]*("[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?([ \t\n]+standalone[ \t\n]*=[ \t\n]*("(yes|no)"|'(yes|no)'))?[ \t\n]*\?>/;

/**
 * The document as text: UTF-8 checked and decoded, byte order mark dropped, line ends normalised (XML 1.0, 2.11), characters checked.
 * Returns the text and the offset behind the XML declaration.
 */
export function readSource(input: string | Uint8Array, maxBytes: number): { text: string; offset: number } {
  let text = typeof input === 'string' ? checkText(input, maxBytes) : decode(input, maxBytes);
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
  if (forbiddenCharacter.test(text)) malformed('the document contains a character that XML does not allow');
  return { text, offset: text.startsWith('<?xml') ? readDeclaration(text) : 0 };
}

function decode(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.length > maxBytes) limitExceeded('maxBytes', maxBytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // ASCII decoded as Latin-1 gives a one-byte string, on which all later scanning is twice as fast.
  if (isAscii(buffer)) return buffer.toString('latin1');
  if (!isUtf8(buffer)) malformed('the document is not valid UTF-8');
  return buffer.toString('utf8');
}

function checkText(text: string, maxBytes: number): string {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) limitExceeded('maxBytes', maxBytes);
  if (/\p{Surrogate}/u.test(text)) malformed('the document contains half of a surrogate pair');
  return text;
}

/** Checks a leading XML declaration: version 1.0 and an encoding that UTF-8 decoding is right for. */
function readDeclaration(text: string): number {
  const match = declaration.exec(text);
  if (match === null) malformed('the XML declaration is not well-formed or not of version 1.0');
  const encoding = match[3]?.slice(1, -1).toLowerCase();
  if (encoding !== undefined && encoding !== 'utf-8' && encoding !== 'us-ascii') {
    malformed(`the encoding ${encoding} is not supported; send UTF-8`);
  }
  // A reader that believes the declaration would refuse the document or read other characters.
  if (encoding === 'us-ascii' && /[^\0-\x7f]/.test(text)) malformed('the document says that it is ASCII, and is not');
  return match[0].length;
}
