import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { enqueueOutbox } from '@mallee/jobs';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { text } from '../../ec2/schema.js';
import { lifecycleQueue } from '../../jobs.js';
import { namedScope } from '../../resources/scope.js';
import { requireVolumes, type VolumeState } from '../../resources/volumes.js';

export const DeleteVolume = defineAction({
  name: 'DeleteVolume',
  authorization: 'user',
  metric: 'DeleteVolume',
  summary: 'Delete a volume and its data; repeating it while it is being deleted changes nothing.',
  parameters: z.object({ VolumeId: text(64) }),
  async run(given, { pool, caller, config, correlationId }) {
    const [volume] = await requireVolumes(pool, namedScope(caller, given.VolumeId));
    const volumeId = volume!.volume_id;
    await transaction(pool, async (client) => {
      const { rows } = await client.query<{ state: VolumeState }>(
        'select state from volume where volume_id = $1 for update',
        [volumeId],
      );
      const state = rows[0]!.state;
      if (state === 'deleting' || state === 'deleted') return;
      if (state === 'in-use') throw new MalleeError('VolumeInUse', `Volume ${volumeId} is attached to an instance`);
      if (state === 'creating') throw new MalleeError('IncorrectState', `Volume ${volumeId} is still being created`);
      await client.query(
        `update volume set state = 'deleting', changed_at = now(), reason_code = null, reason_message = null,
           deadline_at = now() + $2 * interval '1 ms' where volume_id = $1`,
        [volumeId, config.timings.volumeDeadlineMs],
      );
      await enqueueOutbox(client, {
        queue: lifecycleQueue,
        name: 'delete-volume',
        data: { volumeId },
        jobId: `delete-volume-${volumeId}`,
        correlationId,
        rerun: true,
      });
    });
    return { return: true };
  },
});
