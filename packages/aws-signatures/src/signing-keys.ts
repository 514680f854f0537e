import { deriveSigningKey, formatScope, type CredentialScope } from './v4-canonical.js';

const MAX_KEYS = 1000;
const known = new Map<string, Buffer>();

/** `deriveSigningKey`, of which a client needs the same result all day. Anybody can ask for a scope, so the memory is bounded. */
export function signingKeyOf(secretKey: string, scope: CredentialScope): Buffer {
  const name = `${formatScope(scope)}/${secretKey}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const key = deriveSigningKey(secretKey, scope);
  if (known.size >= MAX_KEYS) known.clear();
  known.set(name, key);
  return key;
}
