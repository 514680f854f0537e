import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { describe } from './unavailable.js';

/**
 * A pool or a client inside a transaction: whatever a helper needs to run one statement. One with a `name` is planned once for each
 * connection: for frequent statements that name their columns (`select *` fails after a migration has added one).
 */
export interface Queryable {
  query<R extends QueryResultRow = QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<R>>;
}

export interface TransactionOptions {
  /** Default: the server's (read committed). */
  readonly isolation?: 'repeatable read' | 'serializable';
  /** How often the whole function is run when the server reports a conflict; default 5. */
  readonly attempts?: number;
}

const CONFLICTS = new Set(['40001', '40P01']); // serialization_failure, deadlock_detected

/**
 * Runs `fn` in one transaction: commit when it resolves, rollback when it throws. A serialization failure or deadlock
 * runs `fn` again with fresh data, so it must have no effects outside the database.
 */
export async function transaction<T>(
  pool: Pool,
  fn: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const attempts = options.attempts ?? 5;
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, fn, options.isolation);
    } catch (error) {
      if (attempt >= attempts || !CONFLICTS.has(sqlState(error))) throw error;
      await sleep(Math.random() * 20 * attempt);
    }
  }
}

async function runOnce<T>(pool: Pool, fn: (client: PoolClient) => Promise<T>, isolation?: string): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A checked-out client that loses its connection emits this; the running query rejects as well.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query(isolation === undefined ? 'begin' : `begin isolation level ${isolation}`);
    const result = await fn(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** SQLSTATE of an error of the server, else the empty string. */
export function sqlState(error: unknown): string {
  return describe(error).code;
}

/** True if the statement failed on a unique constraint (on the one named, when a name is given). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== '23505') return false;
  return constraint === undefined || (error as { constraint?: string }).constraint === constraint;
}
