import type { Pool } from '@mallee/database';
import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { Caller } from '../identity/caller.js';
import { lowerResourceId } from '../identity/ids.js';
import { putTags, type Tag } from './tags.js';

export interface KeyPairRow {
  key_pair_id: string;
  account_id: string;
  name: string;
  fingerprint: string;
  public_key: string;
  created_at: Date;
}

/** Stores a key pair. @throws InvalidKeyPair.Duplicate */
export async function storeKeyPair(
  pool: Pool,
  caller: Caller,
  key: { readonly name: string; readonly fingerprint: string; readonly publicKey: string },
  tags: readonly Tag[],
): Promise<string> {
  return transaction(pool, async (client) => {
    for (;;) {
      const id = lowerResourceId('key');
      const { rowCount } = await client.query(
        `insert into key_pair (key_pair_id, account_id, name, fingerprint, public_key) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [id, caller.accountId, key.name, key.fingerprint, key.publicKey],
      );
      if (rowCount === 1) {
        await putTags(client, caller.accountId, 'key-pair', id, tags);
        return id;
      }
      const taken = await client.query('select 1 from key_pair where account_id = $1 and name = $2', [
        caller.accountId,
        key.name,
      ]);
      if (taken.rowCount) {
        throw new MalleeError('InvalidKeyPair.Duplicate', `The keypair '${key.name}' already exists.`);
      }
    }
  });
}

/** @throws InvalidParameterValue for a name that could not be shown on one line */
export function checkKeyName(name: string): string {
  if (/^[\x20-\x7e]{1,255}$/.test(name)) return name;
  throw new MalleeError('InvalidParameterValue', 'KeyName must be 1 to 255 printable ASCII characters');
}
