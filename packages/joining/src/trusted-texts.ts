import { splitCertificates } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { fingerprint } from './fingerprint.js';

/** A text of trusted certificates with `added` beside `known`; undefined when `known` is not in it or `added` is already. Pure. */
export function addBeside(text: string, known: string, added: string): string | undefined {
  const each = splitCertificates(text);
  const has = (pem: string): boolean => each.some((one) => fingerprint(one) === fingerprint(pem));
  return has(known) && !has(added) ? [...each, ...splitCertificates(added)].join('') : undefined;
}

/** The text without a certificate; undefined when it is not in it. @throws Keys.RotationOrder when nothing would be left. Pure. */
export function without(text: string, removed: string): string | undefined {
  const each = splitCertificates(text);
  const left = each.filter((one) => fingerprint(one) !== fingerprint(removed));
  if (left.length === each.length) return undefined;
  if (left.length === 0)
    throw new MalleeError('Keys.RotationOrder', 'it is the only certificate there: add the new one first');
  return left.join('');
}
