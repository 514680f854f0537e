import { defineWorkflow, type AnyWorkflow, type StepContext } from '@mallee/jobs';
import type { LifecycleContext } from './context.js';
import { requireVolume, volumeTicket, type VolumeJob } from './create-volume.js';
import { callError, mayPass } from './reasons.js';
import { applyVolumeDecision } from './volume-store.js';

/** Has the storage controller delete a volume; one that it does not have is deleted. */
export function deleteVolume(context: LifecycleContext): AnyWorkflow {
  const { timings } = context.config;
  return defineWorkflow<VolumeJob>({
    name: 'delete-volume',
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
        run: (step) => remove(context, step),
      },
    ],
    onFailed: async ({ data }, { code, message }) => {
      const volume = { volumeId: data.volumeId, state: 'deleting' as const };
      await applyVolumeDecision(context.pool, volume, { state: 'error', reason: { code, message } });
    },
  });
}

async function remove(context: LifecycleContext, { data, signal }: StepContext<VolumeJob>): Promise<void> {
  const row = await requireVolume(context, data.volumeId);
  if (row.state !== 'deleting') return;
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
