import { MalleeError } from '@mallee/errors';
import { defineWorkflow, type AnyWorkflow, type StepContext } from '@mallee/jobs';
import type { LifecycleContext } from './context.js';
import { mayPass } from './reasons.js';
import { applyVolumeDecision } from './volume-store.js';

export interface VolumeJob {
  readonly volumeId: string;
}

export interface VolumeRow {
  readonly zone: string;
  readonly size_gb: number;
  readonly snapshot_id: string | null;
  readonly state: string;
}

export interface VolumeOrder {
  readonly name: 'create-volume' | 'delete-volume';
  /** State of a volume that waits for this; one in another state is left alone. */
  readonly state: 'creating' | 'deleting';
  readonly run: (context: LifecycleContext, step: StepContext<VolumeJob>, row: VolumeRow) => Promise<void>;
}

/** One order to the storage controller of the zone, tried until the deadline; then the volume gets state `error`. */
export function volumeWorkflow(context: LifecycleContext, order: VolumeOrder): AnyWorkflow {
  const { timings } = context.config;
  return defineWorkflow<VolumeJob>({
    name: order.name,
    version: 1,
    ticket: (data) => `volume ${data.volumeId}`,
    deadlineMs: timings.volumeDeadlineMs,
    steps: [
      {
        name: 'tell the storage controller',
        timeoutMs: timings.componentTimeoutMs + 5000,
        attempts: 1000, // bounded by the deadline
        backoffMs: 250,
        maxBackoffMs: 5000,
        retryable: mayPass,
        run: async (step) => {
          const row = await requireVolume(context, step.data.volumeId);
          if (row.state === order.state) await order.run(context, step, row);
        },
      },
    ],
    // What the storage controller may have made stays there under its id until the volume is deleted.
    onFailed: async ({ data }, { code, message }) => {
      const volume = { volumeId: data.volumeId, state: order.state };
      await applyVolumeDecision(context.pool, volume, { state: 'error', reason: { code, message } });
    },
  });
}

async function requireVolume(context: LifecycleContext, volumeId: string): Promise<VolumeRow> {
  const sql = 'select zone, size_gb, snapshot_id, state from volume where volume_id = $1';
  const { rows } = await context.pool.query<VolumeRow>(sql, [volumeId]);
  const row = rows[0];
  if (row === undefined) throw new MalleeError('InvalidVolume.NotFound', `there is no volume ${volumeId}`);
  return row;
}
