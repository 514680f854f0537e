import { fileURLToPath } from 'node:url';
import { createPool, migrate, transaction, type Pool } from '@mallee/database';
import { enqueueOutbox, jobsMigrations } from '@mallee/jobs';
import { lifecycleQueue } from '../src/jobs.js';

const migrations = fileURLToPath(new URL('../migrations', import.meta.url));
const account = '000000000001';
export const correlationId = '11111111-2222-4333-8444-555555555555';

/** A schema of the CLC with one account, one image with kernel and ramdisk, one group, and the components given. */
export async function openCloud(url: string, schema: string): Promise<Pool> {
  const pool = createPool(url, { schema });
  await migrate(pool, { schema, directories: [migrations, jobsMigrations] });
  await pool.query(`insert into account (account_id, name, canonical_id) values ('${account}', 'a', repeat('a', 64))`);
  await pool.query(`insert into principal (user_id, account_id, name) values ('AIDATEST', '${account}', 'u')`);
  for (const [id, kind] of [
    ['emi-00000001', 'machine'],
    ['eki-00000001', 'kernel'],
    ['eri-00000001', 'ramdisk'],
  ]) {
    await pool.query(
      `insert into image (image_id, account_id, kind, location, architecture, size_bytes, digest, signature)
       values ($1, '${account}', $2, 'images/' || $2 || '.manifest.xml', 'x86_64', 1, 'd', 's')`,
      [id, kind],
    );
  }
  await pool.query(
    `insert into security_group (group_id, account_id, name, description) values ('sg-00000001', '${account}', 'default', 'd')`,
  );
  await pool.query(
    `insert into reservation (reservation_id, account_id, user_id) values ('r-00000001', '${account}', 'AIDATEST')`,
  );
  return pool;
}

export async function register(
  pool: Pool,
  type: 'cluster' | 'storage' | 'walrus',
  partition: string,
  url: string,
  certificate: string,
): Promise<void> {
  await pool.query(`insert into component (type, name, partition, url, certificate) values ($1, $2, $3, $4, $5)`, [
    type,
    `${partition}-${type}`,
    partition,
    url,
    certificate,
  ]);
}

/** What the transaction of RunInstances leaves behind. */
export async function requestInstance(pool: Pool, id: string, zone: string, deadlineMs = 600_000): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(
      `insert into instance (instance_id, reservation_id, account_id, user_id, launch_index, zone, image_id, kernel_id, ramdisk_id,
         instance_type, public_key, user_data, group_ids, mac, correlation_id, deadline_at)
       values ($1, 'r-00000001', '${account}', 'AIDATEST', 0, $2, 'emi-00000001', 'eki-00000001', 'eri-00000001', 'm1.small',
         'ssh-ed25519 AAAA u', 'dGVzdA==', '{sg-00000001}', 'd0:0d:00:00:00:01', $3, now() + $4 * interval '1 ms')`,
      [id, zone, correlationId, deadlineMs],
    );
    await enqueueOutbox(client, {
      queue: lifecycleQueue,
      name: 'run-instance',
      data: { instanceId: id },
      jobId: `run-instance-${id}`,
      correlationId,
    });
  });
}

/** What the transaction of TerminateInstances leaves behind. */
export async function requestTermination(pool: Pool, id: string, deadlineMs = 600_000): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(
      `update instance set desired = 'terminated', state = 'shutting-down', changed_at = now(),
         reason_code = 'Client.UserInitiatedShutdown', reason_message = 'User initiated shutdown',
         deadline_at = now() + $2 * interval '1 ms' where instance_id = $1`,
      [id, deadlineMs],
    );
    await enqueueOutbox(client, {
      queue: lifecycleQueue,
      name: 'terminate-instance',
      data: { instanceId: id },
      jobId: `terminate-instance-${id}`,
      correlationId,
      rerun: true,
    });
  });
}

/** What CreateVolume and DeleteVolume leave behind. */
export async function requestVolume(pool: Pool, id: string, zone: string, action: 'create' | 'delete'): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(
      action === 'create'
        ? `insert into volume (volume_id, account_id, zone, size_gb, correlation_id, deadline_at)
           values ($1, '${account}', $2, 1, '${correlationId}', now() + interval '5 minutes')`
        : `update volume set state = 'deleting', changed_at = now(), deadline_at = now() + interval '5 minutes'
            where volume_id = $1 and zone = $2`,
      [id, zone],
    );
    await enqueueOutbox(client, {
      queue: lifecycleQueue,
      name: `${action}-volume`,
      data: { volumeId: id },
      jobId: `${action}-volume-${id}`,
      correlationId,
      rerun: true,
    });
  });
}
