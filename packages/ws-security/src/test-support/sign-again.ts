import { createHash, sign } from 'node:crypto';
import { canonicalize, parseXml, type XmlElement } from '@mallee/xml';
import type { IdentityPem } from '../index.js';

/**
 * For tests: signs a changed message anew, whatever its shape, as a trusted peer with a careless signer would. A message that is
 * refused even so is refused for its shape and not because a digest happens to be wrong.
 */
export function signAgain(text: string, pem: IdentityPem): string {
  const hash = text.includes('xmldsig#rsa-sha1') ? 'sha1' : 'sha256';
  const byId = new Map<string, XmlElement>();
  for (const element of elements(parseXml(text, { allowComments: true }))) {
    for (const { local, value } of element.attributes) {
      if (local.toLowerCase() === 'id' && !byId.has(value)) byId.set(value, element);
    }
  }
  const digests = new Map<string, string>();
  const digestOf = (id: string, element: XmlElement): string => {
    const known = digests.get(id) ?? createHash(hash).update(canonicalize(element)).digest('base64');
    digests.set(id, known);
    return known;
  };
  const pattern = /(<ds:Reference URI="#([^"]*)".*?<ds:DigestValue>)[^<]*/gs;
  const digested = text.replace(pattern, (all, before: string, id: string) => {
    const element = byId.get(id);
    return element === undefined ? all : before + digestOf(id, element);
  });
  const signedInfo = [...elements(parseXml(digested, { allowComments: true }))].find(
    (one) => one.local === 'SignedInfo',
  );
  if (signedInfo === undefined) throw new Error('the message has no SignedInfo');
  const value = sign(hash, Buffer.from(canonicalize(signedInfo)), pem.privateKeyPem).toString('base64');
  return digested.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, `$1${value}`);
}

function* elements(root: XmlElement): Generator<XmlElement> {
  yield root;
  for (const child of root.children) yield* elements(child);
}
