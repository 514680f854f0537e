import { dirname, isAbsolute, resolve } from 'node:path';
import { listenSchema, loadConfig } from '@mallee/daemon';
import { createPool, sqlState, type Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { joiningSchema } from './settings.js';

/** The part of the configuration of a cluster or cloud controller that its operator's tools look at. */
const schema = z.object({
  name: z.string(),
  listen: listenSchema,
  keys: z.object({ privateKey: z.string(), certificate: z.string() }),
  databaseUrl: z.string().min(1),
  joining: joiningSchema.optional(),
  cluster: z.string().optional(),
  nodes: z.array(z.unknown()).optional(),
});
export type OperatedConfig = z.infer<typeof schema>;

/** @throws Configuration.Invalid */
export function loadOperatedConfig(file: string): OperatedConfig {
  const config = loadConfig(file, schema);
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(dirname(file), path));
  const { privateKey, certificate } = config.keys;
  return { ...config, keys: { privateKey: absolute(privateKey), certificate: absolute(certificate) } };
}

/** Whether it is a cluster controller; else it is taken for a cloud controller. */
export function isClusterConfig(config: Pick<OperatedConfig, 'cluster' | 'nodes'>): boolean {
  return config.cluster !== undefined && config.nodes !== undefined;
}

/** The Postgres schema in which the daemon keeps its state. */
export function databaseSchemaOf(config: Pick<OperatedConfig, 'cluster' | 'nodes'>): string {
  if (!isClusterConfig(config)) return 'clc';
  return `cc_${(config.cluster ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
}

/** Works in the database of the daemon. Its file holds the password: who may read it may do this. */
export async function withDatabase<T>(config: OperatedConfig, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool(config.databaseUrl, { schema: databaseSchemaOf(config), max: 1 });
  try {
    return await work(pool);
  } catch (cause) {
    const UNDEFINED_TABLE = '42P01';
    if (sqlState(cause) !== UNDEFINED_TABLE) throw cause;
    const message = `the database of ${config.name} has no tables for joining yet: start the daemon once`;
    throw new MalleeError('Joining.NotOffered', message, { cause });
  } finally {
    await pool.end();
  }
}
