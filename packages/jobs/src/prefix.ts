import type { Queryable } from '@mallee/database';
import type { PrefixedAddress, QueueAddress } from './backend.js';

/** The address with the prefix given, else with the one of the schema. */
export async function withPrefix(pool: Queryable, address: QueueAddress): Promise<PrefixedAddress> {
  if (address.prefix !== undefined) return { queueUrl: address.queueUrl, prefix: address.prefix };
  const { rows } = await pool.query<{ prefix: string }>('select prefix from workflow_queue');
  return { queueUrl: address.queueUrl, prefix: rows[0]?.prefix ?? 'mallee' };
}
