import type { KeyLookup } from '@mallee/aws-signatures';
import type { Queryable } from '@mallee/database';
import type { Caller } from './caller.js';

interface AccessKeyRow {
  secret_key: string;
  account_id: string;
  account_name: string;
  canonical_id: string;
  user_id: string;
  user_name: string;
  is_admin: boolean;
}

export interface AccessKeyHolder {
  readonly secretKey: string;
  readonly canonicalId: string;
  readonly caller: Caller;
}

/** The user of an active access key, unless the user is disabled. */
export async function findAccessKey(database: Queryable, accessKeyId: string): Promise<AccessKeyHolder | undefined> {
  const { rows } = await database.query<AccessKeyRow>(
    `select k.secret_key, a.account_id, a.name as account_name, a.canonical_id, u.user_id, u.name as user_name, u.is_admin
       from access_key k join principal u using (user_id) join account a using (account_id)
      where k.access_key_id = $1 and k.active and u.enabled`,
    [accessKeyId],
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    secretKey: row.secret_key,
    canonicalId: row.canonical_id,
    caller: {
      accountId: row.account_id,
      accountName: row.account_name,
      userId: row.user_id,
      userName: row.user_name,
      isAdmin: row.is_admin,
      accessKeyId,
    },
  };
}

/** For the signature check of Query requests. */
export function callerLookup(database: Queryable): KeyLookup<Caller> {
  return async (accessKeyId) => {
    const holder = await findAccessKey(database, accessKeyId);
    return holder && { secretKey: holder.secretKey, principal: holder.caller };
  };
}
