export { migrate, type MigrateOptions } from './migrate.js';
export { createPool, type PoolOptions } from './pool.js';
export { isUniqueViolation, sqlState, transaction, type Queryable, type TransactionOptions } from './transaction.js';
export type { Pool, PoolClient } from 'pg';
