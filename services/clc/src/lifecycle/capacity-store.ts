import { transaction } from '@mallee/database';
import type { ClusterClients } from '../components/clients.js';
import type { LifecycleContext } from './context.js';

interface TypeRow {
  name: string;
  cores: number;
  memory_mb: number;
  disk_gb: number;
}

/** Asks a cluster what fits into it, for every VM type, and stores the answer with the time of the question. */
export async function storeCapacity(
  context: LifecycleContext,
  { zone, cluster }: ClusterClients,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const types = await context.pool.query<TypeRow>(
    'select name, cores, memory_mb, disk_gb from vm_type order by ordinal',
  );
  const asked = await context.pool.query<{ at: Date }>('select clock_timestamp() as at');
  const sizes = types.rows.map(({ name, cores, memory_mb: memory, disk_gb: disk }) => ({ name, cores, memory, disk }));
  const reported = await cluster.describeResources(sizes, options);
  const rooms = reported
    .filter(({ name }) => types.rows.some((type) => type.name === name))
    .map(({ name, available, maximum }) => ({ name, available: count(available), maximum: count(maximum) }));
  await transaction(context.pool, async (client) => {
    for (const { name, available, maximum } of rooms) {
      await client.query(
        `insert into zone_capacity (zone, instance_type, available, maximum, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (zone, instance_type)
         do update set available = excluded.available, maximum = excluded.maximum, updated_at = excluded.updated_at`,
        [zone, name, available, maximum, asked.rows[0]?.at],
      );
    }
  });
}

function count(value: number): number {
  return Number.isInteger(value) && value > 0 ? Math.min(value, 1_000_000) : 0;
}
