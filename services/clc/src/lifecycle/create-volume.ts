import type { AnyWorkflow, StepContext } from '@mallee/jobs';
import type { LifecycleContext } from './context.js';
import { callError } from './reasons.js';
import { applyVolumeDecision } from './volume-store.js';
import { volumeWorkflow, type VolumeJob, type VolumeRow } from './volume-workflow.js';

/** Has the storage controller of the zone make a volume; the same id again answers with the volume that is there. */
export function createVolume(context: LifecycleContext): AnyWorkflow {
  return volumeWorkflow(context, { name: 'create-volume', state: 'creating', run: create });
}

async function create(
  context: LifecycleContext,
  { data, signal }: StepContext<VolumeJob>,
  row: VolumeRow,
): Promise<void> {
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
