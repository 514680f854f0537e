import pg from 'pg';
import { MalleeError } from '@mallee/errors';
import { mapConnectionErrors } from './unavailable.js';

export interface PoolOptions {
  /** The schema every statement resolves names in; it need not exist yet (`migrate` makes it). */
  readonly schema: string;
  /** Connections at most; default 10. */
  readonly max?: number;
  /** Shown in pg_stat_activity; default `mallee <schema>`. */
  readonly applicationName?: string;
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

/** Throws `Configuration.Invalid` unless `schema` can be used as an SQL name without quoting surprises. */
export function checkSchemaName(schema: string): string {
  if (!SCHEMA.test(schema)) {
    throw new MalleeError(
      'Configuration.Invalid',
      `"${schema}" is no schema name: use lower-case letters, digits and _`,
    );
  }
  return schema;
}

/**
 * A pool whose connections see only `schema`. `url` is `postgres://user:password@host:port/database`, or
 * `postgres:///database?host=/socket/directory&port=5432` for a unix socket.
 * `bigint` columns arrive as numbers (every count and size of Mallee is below 2^53).
 * A server that does not answer is reported as `Database.Unavailable`, not as a driver error.
 */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const schema = checkSchemaName(options.schema);
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new MalleeError('Configuration.Invalid', 'the database URL must start with postgres://');
  }
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? `mallee ${schema}`,
    options: `-c search_path=${schema}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types,
  });
  // An idle connection that breaks is replaced at the next use; without a listener Node would end the process.
  pool.on('error', () => undefined);
  return mapConnectionErrors(pool);
}
