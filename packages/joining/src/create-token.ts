import { readFileSync } from 'node:fs';
import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { fingerprint } from './fingerprint.js';
import { endpointTls, type JoinableConfig } from './settings.js';
import { storeToken, type NewToken } from './token-store.js';
import { formatToken } from './token.js';

/**
 * Makes a token for the endpoint of the daemon with this configuration. Whoever can read that file and write to the database of the
 * daemon may invite others: there is no other right to it.
 */
export async function createToken(
  db: Queryable,
  config: JoinableConfig,
  wanted: NewToken,
): Promise<{ text: string; id: string; expiresAt: Date }> {
  const tls = endpointTls(config);
  if (config.joining === undefined || tls === undefined) {
    throw new MalleeError('Joining.NotOffered', 'the configuration of the daemon has no joining, or no TLS for it');
  }
  const pin = fingerprint(readFileSync(tls.certificate, 'utf8'));
  const { id, secret, expiresAt } = await storeToken(db, wanted);
  const text = formatToken({ role: wanted.role, urls: [new URL(config.joining.url).origin], pin, id, secret });
  return { text, id, expiresAt };
}
