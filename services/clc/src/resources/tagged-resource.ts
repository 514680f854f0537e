import type { Queryable } from '@mallee/database';
import { MalleeError, type ErrorCode } from '@mallee/errors';
import type { Caller } from '../identity/caller.js';
import { normaliseId } from '../identity/ids.js';
import type { ResourceType } from './tags.js';

interface Kind {
  readonly type: ResourceType;
  readonly table: string;
  readonly column: string;
  readonly missing: ErrorCode;
  /** Further condition for the resource to exist. */
  readonly live: string;
}

const image: Kind = {
  type: 'image',
  table: 'image',
  column: 'image_id',
  missing: 'InvalidAMIID.NotFound',
  live: `state = 'available'`,
};

const kinds: Readonly<Record<string, Kind>> = {
  i: {
    type: 'instance',
    table: 'instance',
    column: 'instance_id',
    missing: 'InvalidInstanceID.NotFound',
    live: 'true',
  },
  emi: image,
  eki: image,
  eri: image,
  key: {
    type: 'key-pair',
    table: 'key_pair',
    column: 'key_pair_id',
    missing: 'InvalidKeyPair.NotFound',
    live: 'true',
  },
  sg: {
    type: 'security-group',
    table: 'security_group',
    column: 'group_id',
    missing: 'InvalidGroup.NotFound',
    live: 'true',
  },
  vol: {
    type: 'volume',
    table: 'volume',
    column: 'volume_id',
    missing: 'InvalidVolume.NotFound',
    live: `state <> 'deleted'`,
  },
  r: { type: 'reservation', table: 'reservation', column: 'reservation_id', missing: 'InvalidID', live: 'true' },
};

export interface TaggableResource {
  readonly id: string;
  readonly type: ResourceType;
  /** Tags belong to the account of the resource, also when an administrator sets them. */
  readonly accountId: string;
}

/** A resource that the caller may tag. @throws InvalidID for another shape of id, ...NotFound of the kind */
export async function requireTaggable(database: Queryable, caller: Caller, given: string): Promise<TaggableResource> {
  const id = normaliseId(given);
  const prefix = id.split('-', 1)[0]!;
  const kind = Object.hasOwn(kinds, prefix) ? kinds[prefix] : undefined;
  if (!kind) throw new MalleeError('InvalidID', `The ID '${given.slice(0, 100)}' is not valid`);
  // Table and column come from the list above, never from the request.
  const { rows } = await database.query<{ account_id: string }>(
    `select account_id from ${kind.table} where ${kind.column} = $1 and ${kind.live} and (account_id = $2 or $3)`,
    [id, caller.accountId, caller.isAdmin],
  );
  const row = rows[0];
  if (!row) throw new MalleeError(kind.missing, `The ${kind.type} ID '${id.slice(0, 100)}' does not exist`);
  return { id, type: kind.type, accountId: row.account_id };
}
