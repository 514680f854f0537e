import { createHash } from 'node:crypto';
import { bodyText } from './layout.js';
import { digestBytesBase64, type Suite } from './suites.js';

const MARK = '\u0001';
const [START, END] = bodyText(MARK).canonical.split(MARK) as [string, string];

/** Where the canonical form of a Body is put together; its start never changes. Not kept beyond a call. */
const scratch = Buffer.allocUnsafeSlow(65_536);
const contentStart = scratch.write(START, 'latin1');
/** UTF-8 takes three bytes for a unit of text at most. */
const LARGEST = Math.floor((scratch.length - START.length - END.length) / 3);

/**
 * Digest of our Body around a canonical payload, given as text or as its UTF-8. One text made of the three would cost an allocation as
 * large as the message, which shows beside an RSA operation; a long payload is digested where it lies.
 */
export function bodyDigest(hash: Suite['hash'], payload: string | Uint8Array): string {
  if (payload.length > LARGEST) return createHash(hash).update(START).update(payload).update(END).digest('base64');
  let end = contentStart;
  if (typeof payload === 'string') end += scratch.write(payload, contentStart, 'utf8');
  else {
    scratch.set(payload, contentStart);
    end += payload.length;
  }
  end += scratch.write(END, end, 'latin1');
  return digestBytesBase64(hash, scratch.subarray(0, end));
}
