import type { Queryable } from '@mallee/database';
import type { MalleeError } from '@mallee/errors';
import type { Component } from '../components/registry.js';

/** Notes that a component answered; written at most every five seconds while it goes on answering. */
export async function noteAnswer(pool: Queryable, { type, name }: Pick<Component, 'type' | 'name'>): Promise<void> {
  await pool.query(
    `update component set last_ok_at = now(), last_error_code = null, last_error = null
      where type = $1 and name = $2
        and (last_error is not null or last_ok_at is null or last_ok_at < now() - interval '5 seconds')`,
    [type, name],
  );
}

/** Notes why a component could not be reached or refused; resolves with true when it had answered until now. */
export async function noteFailure(
  pool: Queryable,
  { type, name }: Pick<Component, 'type' | 'name'>,
  error: MalleeError,
): Promise<boolean> {
  const { rows } = await pool.query<{ before: string | null }>(
    `update component c set last_error_code = $3, last_error = $4 from component old
      where c.type = $1 and c.name = $2 and old.type = c.type and old.name = c.name returning old.last_error as before`,
    [type, name, error.code, error.message.slice(0, 1000)],
  );
  return rows[0]?.before === null;
}
