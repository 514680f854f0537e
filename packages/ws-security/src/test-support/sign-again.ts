import { createHash, sign } from 'node:crypto';
import { canonicalize, parseXml, type XmlElement } from '@mallee/xml';
import type { IdentityPem } from '../index.js';

/**
 * For tests: signs a changed message anew, whatever its shape, as a trusted peer with a careless signer would. A message that is
 * refused even so is refused for its shape and not because a digest happens to be wrong.
 */
export function signAgain(text: string, pem: IdentityPem): string {
  const hash = text.includes('xmldsig#rsa-sha1') ? 'sha1' : 'sha256';
  const root = parseXml(text, { allowComments: true });
  const digested = text.replace(
    /(<ds:Reference URI="#([^"]*)".*?<ds:DigestValue>)[^<]*/gs,
    (all, before: string, id: string) => {
      const element = elements(root).find((one) =>
        one.attributes.some(({ local, value }) => isId(local) && value === id),
      );
      if (element === undefined) return all;
      return before + createHash(hash).update(canonicalize(element)).digest('base64');
    },
  );
  const signedInfo = elements(parseXml(digested, { allowComments: true })).find((one) => one.local === 'SignedInfo');
  if (signedInfo === undefined) throw new Error('the message has no SignedInfo');
  const value = sign(hash, Buffer.from(canonicalize(signedInfo)), pem.privateKeyPem).toString('base64');
  return digested.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, `$1${value}`);
}

function elements(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap(elements)];
}

function isId(local: string): boolean {
  return local.toLowerCase() === 'id';
}
