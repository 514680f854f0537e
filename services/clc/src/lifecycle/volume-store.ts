import type { Queryable } from '@mallee/database';
import { lifecycleQueue } from '../jobs.js';
import type { KnownVolume, VolumeDecision, VolumeState } from './volume-transition.js';

export interface WatchedVolume extends KnownVolume {
  /** When the storage controller had answered the request behind the present state; undefined until then. */
  readonly settledAt: Date | undefined;
}

/** The volumes of a zone that are not deleted. */
export async function loadVolumes(pool: Queryable, zone: string): Promise<WatchedVolume[]> {
  const { rows } = await pool.query<{
    volume_id: string;
    state: VolumeState;
    deadline_at: Date | null;
    changed_at: Date;
    phase: string | null;
    finished_at: Date | null;
  }>(
    `select v.volume_id, v.state, v.deadline_at, v.changed_at, w.phase, w.finished_at from volume v
       left join workflow_run w on w.queue = $2
        and w.job_id = case v.state when 'creating' then 'create-volume-' when 'deleting' then 'delete-volume-' end || v.volume_id
      where v.zone = $1 and v.state <> 'deleted' order by v.volume_id`,
    [zone, lifecycleQueue],
  );
  return rows.map((row) => {
    const stable = row.state !== 'creating' && row.state !== 'deleting';
    const answered = row.phase === 'done' ? (row.finished_at ?? undefined) : undefined;
    return {
      volumeId: row.volume_id,
      state: row.state,
      deadlineAt: row.deadline_at ?? undefined,
      settledAt: stable ? row.changed_at : answered,
    };
  });
}

/** Writes a decision, if the volume is still in the state it was made for; returns whether it was. */
export async function applyVolumeDecision(
  pool: Queryable,
  volume: { volumeId: string; state: VolumeState },
  decision: VolumeDecision,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update volume set state = $3, reason_code = $4, reason_message = $5, changed_at = now(), deadline_at = null
      where volume_id = $1 and state = $2`,
    [volume.volumeId, volume.state, decision.state, decision.reason?.code ?? null, decision.reason?.message ?? null],
  );
  return rowCount === 1;
}
