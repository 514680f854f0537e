import { MalleeError } from '@mallee/errors';
import { defineWorkflow, type AnyWorkflow, type StepContext } from '@mallee/jobs';
import type { LifecycleContext } from './context.js';
import { callError, mayPass } from './reasons.js';
import { applyVolumeDecision } from './volume-store.js';

export interface VolumeJob {
  readonly volumeId: string;
}

export const volumeTicket = (data: VolumeJob): string => `volume ${data.volumeId}`;

export interface VolumeRow {
  readonly zone: string;
  readonly size_gb: number;
  readonly snapshot_id: string | null;
  readonly state: string;
}

export async function requireVolume(context: LifecycleContext, volumeId: string): Promise<VolumeRow> {
  const sql = 'select zone, size_gb, snapshot_id, state from volume where volume_id = $1';
  const { rows } = await context.pool.query<VolumeRow>(sql, [volumeId]);
  const row = rows[0];
  if (row === undefined) throw new MalleeError('InvalidVolume.NotFound', `there is no volume ${volumeId}`);
  return row;
}

/** Has the storage controller of the zone make a volume; the same id again answers with the volume that is there. */
export function createVolume(context: LifecycleContext): AnyWorkflow {
  const { timings } = context.config;
  return defineWorkflow<VolumeJob>({
    name: 'create-volume',
    version: 1,
    ticket: volumeTicket,
    deadlineMs: timings.volumeDeadlineMs,
    steps: [
      {
        name: 'tell the storage controller',
        timeoutMs: timings.componentTimeoutMs + 5000,
        attempts: 1000, // bounded by the deadline
        backoffMs: 250,
        maxBackoffMs: 5000,
        retryable: mayPass,
        run: (step) => create(context, step),
      },
    ],
    // What the storage controller may have made stays there under its id until the volume is deleted.
    onFailed: async ({ data }, { code, message }) => {
      const volume = { volumeId: data.volumeId, state: 'creating' as const };
      await applyVolumeDecision(context.pool, volume, { state: 'error', reason: { code, message } });
    },
  });
}

async function create(context: LifecycleContext, { data, signal }: StepContext<VolumeJob>): Promise<void> {
  const row = await requireVolume(context, data.volumeId);
  if (row.state !== 'creating') return;
  const tried = `create ${data.volumeId} in zone ${row.zone}`;
  try {
    const { storage } = await context.clients.storage(row.zone);
    const request = { volumeId: data.volumeId, size: row.size_gb, snapshotId: row.snapshot_id ?? undefined };
    const options = { timeoutMs: context.config.timings.componentTimeoutMs, signal };
    const reply = await storage.call('CreateStorageVolume', request, options);
    if (reply.status === 'available') {
      const volume = { volumeId: data.volumeId, state: 'creating' as const };
      await applyVolumeDecision(context.pool, volume, { state: 'available' });
    }
    context.hint(row.zone);
  } catch (error) {
    throw callError(error, tried);
  }
}
