import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { Caller } from '../identity/caller.js';
import { lowerResourceId } from '../identity/ids.js';

export interface GroupRow {
  group_id: string;
  account_id: string;
  name: string;
  description: string;
}

export interface RuleRow {
  rule_id: string;
  group_id: string;
  protocol: string;
  from_port: number | null;
  to_port: number | null;
  cidr: string | null;
  source_group_id: string | null;
  source_name: string | null;
  source_account_id: string | null;
}

/** The account's `default` group, made on first use. */
export async function ensureDefaultGroup(database: Queryable, accountId: string): Promise<void> {
  await insertGroup(database, accountId, 'default', 'default group');
}

/** The new group's id, or undefined when the account has a group of that name. */
export async function insertGroup(
  database: Queryable,
  accountId: string,
  name: string,
  description: string,
): Promise<string | undefined> {
  for (;;) {
    const groupId = lowerResourceId('sg');
    const { rowCount } = await database.query(
      `insert into security_group (group_id, account_id, name, description) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [groupId, accountId, name, description],
    );
    if (rowCount === 1) return groupId;
    const taken = await database.query('select 1 from security_group where account_id = $1 and name = $2', [
      accountId,
      name,
    ]);
    if (taken.rowCount) return undefined;
  }
}

export async function loadGroups(database: Queryable, accountId: string | undefined): Promise<GroupRow[]> {
  const { rows } = await database.query<GroupRow>(
    'select * from security_group where $1::text is null or account_id = $1 order by group_id',
    [accountId ?? null],
  );
  return rows;
}

export interface GroupReference {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
}

/**
 * One group by id or name. Names are looked up in the caller's account; ids too, except for an administrator.
 * @throws MissingParameter, InvalidGroup.NotFound
 */
export async function requireGroup(database: Queryable, caller: Caller, given: GroupReference): Promise<GroupRow> {
  const { GroupId, GroupName } = given;
  if (GroupId === undefined && GroupName === undefined) {
    throw new MalleeError('MissingParameter', 'The request must contain the parameter GroupId or GroupName');
  }
  if (GroupName === 'default' && GroupId === undefined) await ensureDefaultGroup(database, caller.accountId);
  const { rows } = await database.query<GroupRow>(
    `select * from security_group
      where ($1::text is not null and group_id = $1 and (account_id = $3 or $4))
         or ($1::text is null and name = $2 and account_id = $3)`,
    [GroupId?.toLowerCase() ?? null, GroupName ?? null, caller.accountId, caller.isAdmin],
  );
  const group = rows[0];
  if (group) return group;
  throw new MalleeError('InvalidGroup.NotFound', `The security group '${GroupId ?? GroupName ?? ''}' does not exist`);
}

export async function loadRules(database: Queryable, groupIds: readonly string[]): Promise<RuleRow[]> {
  const { rows } = await database.query<RuleRow>(
    `select r.*, s.name as source_name, s.account_id as source_account_id
       from security_group_rule r left join security_group s on s.group_id = r.source_group_id
      where r.group_id = any($1) order by r.protocol, r.from_port, r.to_port, r.cidr, r.source_group_id`,
    [groupIds],
  );
  return rows;
}
