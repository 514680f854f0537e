import { transaction, type PoolClient } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { enqueueOutbox } from '@mallee/jobs';
import { z } from 'zod';
import { listComponents } from '../../components/registry.js';
import { defineAction, type ActionContext } from '../../ec2/action.js';
import { optionalInteger, optionalText, tagSpecifications, text } from '../../ec2/schema.js';
import { resourceId } from '../../identity/ids.js';
import { lifecycleQueue } from '../../jobs.js';
import { putTags, requestedTags, type Tag } from '../../resources/tags.js';
import { requireVolumes, volumeItem } from '../../resources/volumes.js';
import { requireZone } from '../../resources/zones.js';

export const CreateVolume = defineAction({
  name: 'CreateVolume',
  authorization: 'user',
  metric: 'CreateVolume',
  summary: 'Make an empty volume in a zone; answers while it is still being created.',
  parameters: z.object({
    AvailabilityZone: text(255),
    Size: optionalInteger(1, 65_536),
    SnapshotId: optionalText(64),
    TagSpecification: tagSpecifications,
  }),
  async run(given, context) {
    const { pool, caller, version } = context;
    if (given.SnapshotId !== undefined) {
      throw new MalleeError('InvalidSnapshot.NotFound', `The snapshot '${given.SnapshotId}' does not exist.`);
    }
    if (given.Size === undefined) {
      throw new MalleeError('MissingParameter', 'One of size or snapshotId is required as a parameter.');
    }
    const tags = requestedTags(given.TagSpecification, 'volume');
    await requireStorage(context, given.AvailabilityZone);
    const volumeId = await store(context, { zone: given.AvailabilityZone, sizeGb: given.Size, tags });
    const [volume] = await requireVolumes(pool, { accountId: caller.accountId, ids: [volumeId] });
    return volumeItem(volume!, version.modern);
  },
});

async function requireStorage({ pool }: ActionContext, zone: string): Promise<void> {
  await requireZone(pool, zone);
  const controllers = await listComponents(pool, 'storage');
  if (controllers.some((one) => one.partition === zone)) return;
  throw new MalleeError(
    'Unavailable',
    `Storage services are not available for the requested availability zone: ${zone}`,
  );
}

interface NewVolume {
  readonly zone: string;
  readonly sizeGb: number;
  readonly tags: readonly Tag[];
}

async function store({ pool, caller, config, correlationId }: ActionContext, wanted: NewVolume): Promise<string> {
  return transaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('clc volume ' || $1, 0))`, [caller.accountId]);
    await checkQuota(client, caller.accountId, wanted.sizeGb, config.quotas);
    for (;;) {
      const id = resourceId('vol');
      const { rowCount } = await client.query(
        `insert into volume (volume_id, account_id, zone, size_gb, correlation_id, deadline_at)
         values ($1, $2, $3, $4, $5, now() + $6 * interval '1 ms') on conflict (volume_id) do nothing`,
        [id, caller.accountId, wanted.zone, wanted.sizeGb, correlationId, config.timings.volumeDeadlineMs],
      );
      if (rowCount !== 1) continue;
      await putTags(client, caller.accountId, 'volume', id, wanted.tags);
      await enqueueOutbox(client, {
        queue: lifecycleQueue,
        name: 'create-volume',
        data: { volumeId: id },
        jobId: `create-volume-${id}`,
        correlationId,
      });
      return id;
    }
  });
}

async function checkQuota(
  client: PoolClient,
  accountId: string,
  sizeGb: number,
  quotas: ActionContext['config']['quotas'],
): Promise<void> {
  const { rows } = await client.query<{ count: number; size: number }>(
    `select count(*)::int as count, coalesce(sum(size_gb), 0)::int as size from volume
      where account_id = $1 and state <> 'deleted'`,
    [accountId],
  );
  const { count, size } = rows[0]!;
  if (count < quotas.volumes && size + sizeGb <= quotas.volumeGigabytes) return;
  throw new MalleeError(
    'VolumeLimitExceeded',
    `The account has ${count} volumes with ${size} GiB; its limits are ${quotas.volumes} and ${quotas.volumeGigabytes} GiB`,
  );
}
