import type { Pool, PoolClient } from 'pg';
import { MalleeError } from '@mallee/errors';
import { readMigrations, type MigrationFile } from './migration-files.js';
import { checkSchemaName } from './pool.js';
import { mapUnavailable } from './unavailable.js';

export interface MigrateOptions {
  /** Made when missing. */
  readonly schema: string;
  /**
   * Folders of `NNNN_name.sql`, applied folder by folder. The name of a folder's parent (`jobs` for
   * `packages/jobs/migrations`) is its namespace: numbers count within it.
   */
  readonly directories: readonly string[];
}

/** Applies what is missing, each file in one transaction; returns the names applied now (`jobs/0001_core`). */
export async function migrate(pool: Pool, options: MigrateOptions): Promise<string[]> {
  const schema = checkSchemaName(options.schema);
  const files = await readMigrations(options.directories);
  const client = await pool.connect();
  const lock = `mallee migrate ${schema}`;
  try {
    // Replicas that start at the same time wait here for each other; the lock dies with the connection.
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock]);
    try {
      return await applyMissing(client, schema, files);
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock]).catch(() => undefined);
    }
  } catch (error) {
    throw mapUnavailable(error);
  } finally {
    client.release();
  }
}

async function applyMissing(client: PoolClient, schema: string, files: readonly MigrationFile[]): Promise<string[]> {
  await client.query(`create schema if not exists ${schema}`);
  await client.query(`create table if not exists ${schema}.migration (
    namespace text not null, number integer not null, name text not null, checksum text not null,
    applied_at timestamptz not null default now(), primary key (namespace, number))`);
  const { rows } = await client.query<AppliedRow>(`select namespace, number, name, checksum from ${schema}.migration`);
  const missing = findMissing(files, rows);
  for (const file of missing) await applyOne(client, schema, file);
  return missing.map((file) => `${file.namespace}/${file.name}`);
}

interface AppliedRow {
  readonly namespace: string;
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** Pure: which files are still to apply. Refuses histories that disagree with the files. */
export function findMissing(files: readonly MigrationFile[], applied: readonly AppliedRow[]): MigrationFile[] {
  const conflict = (message: string): MalleeError => new MalleeError('Database.MigrationConflict', message);
  const namespaces = new Set(files.map((file) => file.namespace));
  const byKey = new Map(files.map((file) => [`${file.namespace}/${file.number}`, file]));
  const last = new Map<string, number>();
  for (const row of applied) {
    if (!namespaces.has(row.namespace)) continue;
    const file = byKey.get(`${row.namespace}/${row.number}`);
    if (file === undefined)
      throw conflict(`the database has ${row.namespace}/${row.name}, which this version does not know`);
    if (file.checksum !== row.checksum)
      throw conflict(`${row.namespace}/${file.name} was changed after it was applied`);
    last.set(row.namespace, Math.max(last.get(row.namespace) ?? -1, row.number));
    byKey.delete(`${row.namespace}/${row.number}`);
  }
  for (const file of byKey.values()) {
    const newest = last.get(file.namespace);
    if (newest !== undefined && file.number < newest) {
      throw conflict(`${file.namespace}/${file.name} comes before ${newest}, which is applied already`);
    }
  }
  return [...byKey.values()];
}

async function applyOne(client: PoolClient, schema: string, file: MigrationFile): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local search_path = ${schema}`);
    await client.query(file.sql);
    await client.query(`insert into ${schema}.migration (namespace, number, name, checksum) values ($1, $2, $3, $4)`, [
      file.namespace,
      file.number,
      file.name,
      file.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const message = error instanceof Error ? error.message : String(error);
    throw new MalleeError('Database.MigrationFailed', `${file.namespace}/${file.name}: ${message}`, { cause: error });
  }
}
