import { baseConfigSchema } from '@mallee/daemon';
import { z } from 'zod';

export const storageConfigSchema = baseConfigSchema.extend({
  /** Name of the availability zone. */
  cluster: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, '1-32 letters, digits, - and _'),
  databaseUrl: z.string().min(1),
  /** Where the volume files are; made when missing. */
  volumesDirectory: z.string().min(1),
  /** Largest single volume, GiB. */
  maxVolumeSizeGb: z.number().int().min(1).max(16_384).default(10),
  /** All volumes together, GiB. */
  maxTotalGb: z.number().int().min(1).default(50),
  /** Room that volumes never take from the file system, GiB. */
  reserveGb: z.number().min(0).default(1),
  /** How often files and rows are compared. */
  reconcileSeconds: z.number().positive().default(60),
});

export type StorageConfig = z.infer<typeof storageConfigSchema>;

/** Name of the Postgres schema: `sc_` and the zone in lower case, other characters as `_`. */
export function schemaName(cluster: string): string {
  return `sc_${cluster.toLowerCase().replace(/[^a-z0-9]/g, '_')}`;
}
