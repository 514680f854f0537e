import type { Queryable } from '@mallee/database';
import { instanceColumns, toColumns, type InstanceRecord, type NewInstance } from './instance-record.js';

export async function findInstance(db: Queryable, id: string): Promise<InstanceRecord | undefined> {
  return (await findInstances(db, [id]))[0];
}

export async function findInstances(db: Queryable, ids: readonly string[]): Promise<InstanceRecord[]> {
  if (ids.length === 0) return [];
  const sql = `select ${instanceColumns} from instance where id = any($1) order by id`;
  return (await db.query<InstanceRecord>(sql, [ids])).rows;
}

/** The instance, locked until the transaction ends. */
export async function lockInstance(db: Queryable, id: string): Promise<InstanceRecord | undefined> {
  const sql = `select ${instanceColumns} from instance where id = $1 for update`;
  return (await db.query<InstanceRecord>(sql, [id])).rows[0];
}

/** Notes that ncRunInstance is about to be sent. False when the instance is not to be launched (any more). */
export async function markStarted(db: Queryable, id: string, nodeUrl: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update instance set node_call = 'started', node_url = $2
      where id = $1 and state = 'Pending' and node_call = 'none' and terminate_requested_at is null`,
    [id, nodeUrl],
  );
  return rowCount === 1;
}

/** The cache as DescribeInstances shows it: everything that lives, and what ended within the last `seconds`. */
export async function listInstances(db: Queryable, seconds: number): Promise<InstanceRecord[]> {
  const sql = `select ${instanceColumns} from instance
    where state <> 'Teardown' or changed_at > now() - make_interval(secs => $1) order by id`;
  return (await db.query<InstanceRecord>(sql, [seconds])).rows;
}

/** What a poll of a node has to look at: all it lists, all it should list, and ended ones that still hold an address there. */
export async function instancesForPoll(
  db: Queryable,
  nodeUrl: string,
  listed: readonly string[],
): Promise<InstanceRecord[]> {
  const sql = `select ${instanceColumns} from instance where id = any($2)
    or (node_url = $1 and (state <> 'Teardown' or exists (select from address where instance_id = instance.id)))
    order by id for update`;
  return (await db.query<InstanceRecord>(sql, [nodeUrl, listed])).rows;
}

export async function insertInstance(db: Queryable, instance: NewInstance, windowSeconds: number): Promise<void> {
  const { names, values } = toColumns(instance);
  const marks = values.map((_value, index) => `$${String(index + 1)}`);
  await db.query(
    `insert into instance (${names.join(', ')}, launch_deadline)
     values (${marks.join(', ')}, now() + make_interval(secs => $${String(values.length + 1)}))`,
    [...values, windowSeconds],
  );
}

/** Sets some properties; `changed_at` moves when the state does. */
export async function updateInstance(db: Queryable, id: string, changes: Partial<InstanceRecord>): Promise<void> {
  const { names, values } = toColumns(changes);
  const sets = names.map((name, index) => `${name} = $${String(index + 2)}`);
  const touched = changes.state === undefined ? [] : ['changed_at = now()'];
  await db.query(`update instance set ${[...sets, ...touched].join(', ')} where id = $1`, [id, ...values]);
}

/** Stamps the columns that are moments, by the clock of the database. */
export async function stampInstance(
  db: Queryable,
  id: string,
  column: 'accepted_at' | 'terminate_requested_at' | 'terminate_sent_at',
): Promise<void> {
  await db.query(`update instance set ${column} = clock_timestamp() where id = $1`, [id]);
}

/** Forgets ended instances after a day; until then a node that still shows one is told to terminate it. */
export async function forgetEnded(db: Queryable): Promise<void> {
  await db.query(
    `delete from instance where state = 'Teardown' and changed_at < now() - interval '1 day'
       and not exists (select from address where instance_id = instance.id)`,
  );
}
