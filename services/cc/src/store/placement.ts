import type { Queryable } from '@mallee/database';
import { addressAt, indexOf, pickIndex, type HostReservation, type Subnet } from '@mallee/network';
import type { VmType } from './instance-record.js';

/** One placement decision at a time per cluster: capacity and addresses are read and taken under this lock. */
export async function lockPlacement(db: Queryable): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('placement ' || current_schema(), 0))`);
}

export async function readCursor(db: Queryable, name: 'address' | 'node'): Promise<number> {
  const { rows } = await db.query<{ value: number }>('select value from search_cursor where name = $1', [name]);
  return rows[0]?.value ?? 0;
}

export async function saveCursor(db: Queryable, name: 'address' | 'node', value: number): Promise<void> {
  await db.query(
    'insert into search_cursor (name, value) values ($1, $2) on conflict (name) do update set value = $2',
    [name, value],
  );
}

/** Takes capacity of a node for a launch, in place of what the instance had reserved before. */
export async function reserveCapacity(
  db: Queryable,
  instanceId: string,
  nodeUrl: string,
  type: VmType,
  seconds: number,
): Promise<void> {
  await db.query(
    `insert into reservation (instance_id, node_url, cores, memory, disk, expires_at)
     values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
     on conflict (instance_id) do update set node_url = excluded.node_url, expires_at = excluded.expires_at`,
    [instanceId, nodeUrl, type.cores, type.memory, type.disk, seconds],
  );
}

export async function dropReservation(db: Queryable, instanceId: string): Promise<void> {
  await db.query('delete from reservation where instance_id = $1', [instanceId]);
}

/** Chooses a free address. Undefined when the subnet is full. Must run under lockPlacement. */
export async function chooseAddress(db: Queryable, subnet: Subnet): Promise<{ index: number; ip: string } | undefined> {
  const { rows } = await db.query<{ index: number }>('select network_index as index from address');
  const used = new Set(rows.map((row) => row.index));
  const index = pickIndex(subnet, used, await readCursor(db, 'address'));
  if (index === undefined) return undefined;
  await saveCursor(db, 'address', index);
  return { index, ip: addressAt(subnet, index) };
}

export interface AddressHolder {
  readonly instanceId: string;
  readonly ip: string;
  readonly mac: string;
}

/** Gives an address to an instance. False when the address, its index or the MAC is taken. */
export async function takeAddress(
  db: Queryable,
  subnet: Subnet,
  holder: AddressHolder,
  state: 'reserved' | 'active',
): Promise<boolean> {
  const index = indexOf(subnet, holder.ip);
  if (index === undefined) return false;
  const { rowCount } = await db.query(
    `insert into address (ip, network_index, mac, instance_id, state) values ($1, $2, lower($3), $4, $5)
     on conflict do nothing`,
    [holder.ip, index, holder.mac, holder.instanceId, state],
  );
  return rowCount === 1;
}

export async function setAddressState(db: Queryable, instanceId: string, state: 'active' | 'releasing'): Promise<void> {
  await db.query('update address set state = $2, changed_at = now() where instance_id = $1 and state <> $2', [
    instanceId,
    state,
  ]);
}

/** Frees the address of an instance. Only for an instance that no node runs. */
export async function freeAddress(db: Queryable, instanceId: string): Promise<void> {
  await db.query('delete from address where instance_id = $1', [instanceId]);
}

/** All hosts that DHCP serves; an address that is being released is served until it is free. */
export async function listHosts(db: Queryable): Promise<HostReservation[]> {
  const { rows } = await db.query<HostReservation>(
    'select instance_id as "instanceId", mac, ip from address order by network_index',
  );
  return rows;
}
