import type { Queryable } from '@mallee/database';
import type { Volume, VolumeStatus } from './volume.js';

interface Row {
  readonly id: string;
  readonly size_gb: number;
  readonly status: VolumeStatus;
  readonly reason_code: string | null;
  readonly reason_message: string | null;
  readonly created_at: Date;
}

const COLUMNS = 'id, size_gb, status, reason_code, reason_message, created_at';

function toVolume(row: Row): Volume {
  return {
    id: row.id,
    sizeGb: row.size_gb,
    status: row.status,
    reasonCode: row.reason_code ?? undefined,
    reasonMessage: row.reason_message ?? undefined,
    createdAt: row.created_at,
  };
}

/** The volume, its row locked until the transaction ends: steps on one volume exclude each other by this lock. */
export async function lockVolume(db: Queryable, id: string): Promise<Volume | undefined> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from volume where id = $1 for update`, [id]);
  return rows.map(toVolume)[0];
}

/** Volumes by id; all that are not deleted when no ids are given. Unknown ids are left out. */
export async function findVolumes(db: Queryable, ids: readonly string[]): Promise<Volume[]> {
  const { rows } =
    ids.length === 0
      ? await db.query<Row>(`select ${COLUMNS} from volume where status <> 'deleted' order by created_at, id`)
      : await db.query<Row>(`select ${COLUMNS} from volume where id = any($1) order by created_at, id`, [ids]);
  return rows.map(toVolume);
}

export async function insertCreating(db: Queryable, id: string, sizeGb: number): Promise<Volume> {
  const { rows } = await db.query<Row>(
    `insert into volume (id, size_gb, status) values ($1, $2, 'creating') returning ${COLUMNS}`,
    [id, sizeGb],
  );
  return toVolume(rows[0]!);
}

export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** Sets the status and the reason (none: cleared). */
export async function setStatus(db: Queryable, id: string, status: VolumeStatus, reason?: Reason): Promise<void> {
  await db.query(
    'update volume set status = $2, reason_code = $3, reason_message = $4, changed_at = now() where id = $1',
    [id, status, reason?.code ?? null, reason?.message ?? null],
  );
}

/** Forgets a volume that never came to be. */
export async function removeRow(db: Queryable, id: string): Promise<void> {
  await db.query('delete from volume where id = $1', [id]);
}

/** Forgets volumes that were deleted more than `days` ago. */
export async function purgeDeleted(db: Queryable, days: number): Promise<void> {
  await db.query(
    `delete from volume where status = 'deleted' and changed_at < now() - make_interval(days => $1::int)`,
    [days],
  );
}

/** Serialises the creations of this schema until the transaction ends, so that quotas hold. */
export async function lockQuota(db: Queryable): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('mallee volume quota ' || current_schema(), 0))`);
}
