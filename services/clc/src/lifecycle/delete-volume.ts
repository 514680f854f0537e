import type { AnyWorkflow, StepContext } from '@mallee/jobs';
import type { LifecycleContext } from './context.js';
import { callError } from './reasons.js';
import { applyVolumeDecision } from './volume-store.js';
import { volumeWorkflow, type VolumeJob, type VolumeRow } from './volume-workflow.js';

/** Has the storage controller delete a volume; one that it does not have is deleted. */
export function deleteVolume(context: LifecycleContext): AnyWorkflow {
  return volumeWorkflow(context, { name: 'delete-volume', state: 'deleting', run: remove });
}

async function remove(
  context: LifecycleContext,
  { data, signal }: StepContext<VolumeJob>,
  row: VolumeRow,
): Promise<void> {
  const tried = `delete ${data.volumeId} in zone ${row.zone}`;
  try {
    const { storage } = await context.clients.storage(row.zone);
    const options = { timeoutMs: context.config.timings.componentTimeoutMs, signal };
    await storage.call('DeleteStorageVolume', { volumeId: data.volumeId }, options);
    context.hint(row.zone);
  } catch (error) {
    const failure = callError(error, tried);
    if (failure.code !== 'Storage.VolumeNotFound') throw failure;
    await applyVolumeDecision(context.pool, { volumeId: data.volumeId, state: 'deleting' }, { state: 'deleted' });
  }
}
