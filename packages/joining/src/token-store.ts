import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PoolClient, Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { JoinRole } from './roles.js';

/** An unused token can be made again at once, so it need not live long. */
export const DEFAULT_TTL_SECONDS = 3600;
export const MAXIMUM_TTL_SECONDS = 7 * 86_400;
/** A row is of use only while its owner may ask for his answer again. */
const KEEP_DAYS = 30;

export interface NewToken {
  readonly role: JoinRole;
  /** The zone of the new component, where the role needs one. */
  readonly cluster?: string;
  readonly ttlSeconds?: number;
}

/** Remembers a new token; only the result ever holds the secret. The clock of the database decides when it ends. */
export async function storeToken(
  db: Queryable,
  wanted: NewToken,
): Promise<{ id: string; secret: string; expiresAt: Date }> {
  const { role, cluster, ttlSeconds = DEFAULT_TTL_SECONDS } = wanted;
  if (!(ttlSeconds > 0 && ttlSeconds <= MAXIMUM_TTL_SECONDS)) {
    throw new MalleeError('InvalidParameterValue', 'a token lives at least a second and at most seven days');
  }
  await db.query(`delete from join_token where expires_at < now() - make_interval(days => $1)`, [KEEP_DAYS]);
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const { rows } = await db.query<{ expiresAt: Date }>(
    `insert into join_token (id, secret_hash, role, cluster, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(secs => $5)) returning expires_at as "expiresAt"`,
    [id, hashOf(secret), role, cluster ?? null, ttlSeconds],
  );
  return { id, secret, expiresAt: rows[0]!.expiresAt };
}

export interface RedeemedToken {
  readonly cluster: string | undefined;
  /** The answer of the registration that this same certificate made with this token before; undefined: it is still to be made. */
  readonly answer: object | undefined;
}

interface TokenRow {
  readonly secret_hash: Buffer;
  readonly role: string;
  readonly cluster: string | null;
  readonly expired: boolean;
  readonly used_by: string | null;
  readonly answer: object | null;
}

/**
 * Locks the token until the end of the transaction and says whether this certificate may be registered with it.
 * @throws Joining.TokenUnknown, TokenUsed, TokenExpired
 */
export async function lockToken(
  client: PoolClient,
  given: { id: string; secret: string; role: JoinRole; certificate: string },
): Promise<RedeemedToken> {
  const { rows } = await client.query<TokenRow>(
    `select secret_hash, role, cluster, expires_at < now() as expired, used_by, answer
       from join_token where id = $1 for update`,
    [given.id],
  );
  const row = rows[0];
  // Compared also when there is no such token: the time of the answer does not tell which ids exist.
  const right = timingSafeEqual(hashOf(given.secret), row?.secret_hash ?? Buffer.alloc(32));
  if (row === undefined || !right) throw new MalleeError('Joining.TokenUnknown', 'this token was not made here');
  if (row.role !== given.role) {
    throw new MalleeError('Joining.TokenUnknown', `the token is for a ${row.role}, not for a ${given.role}`);
  }
  const cluster = row.cluster ?? undefined;
  if (row.used_by !== null) {
    if (row.used_by === given.certificate) return { cluster, answer: row.answer ?? undefined };
    throw new MalleeError('Joining.TokenUsed', 'another key was registered with this token');
  }
  if (row.expired) throw new MalleeError('Joining.TokenExpired', 'the lifetime of the token is over');
  return { cluster, answer: undefined };
}

/** Burns a locked token; what it was used for is in the same transaction. `certificate` is its fingerprint. */
export async function burnToken(client: PoolClient, id: string, certificate: string, answer: object): Promise<void> {
  await client.query(`update join_token set used_at = now(), used_by = $2, answer = $3 where id = $1`, [
    id,
    certificate,
    JSON.stringify(answer),
  ]);
}

export interface TokenState {
  readonly id: string;
  readonly role: string;
  readonly cluster: string | null;
  readonly expiresAt: Date;
  readonly state: 'open' | 'expired' | 'used';
}

export async function listTokens(db: Queryable): Promise<TokenState[]> {
  const { rows } = await db.query<TokenState>(
    `select id, role, cluster, expires_at as "expiresAt", case when used_at is not null then 'used'
            when expires_at < now() then 'expired' else 'open' end as state
       from join_token order by created_at`,
  );
  return rows;
}

/** Takes back a token that was not used. @throws InvalidParameterValue when there is none of that id */
export async function revokeToken(db: Queryable, id: string): Promise<void> {
  const { rowCount } = await db.query(`delete from join_token where id = $1 and used_at is null`, [id]);
  if (rowCount === 0) throw new MalleeError('InvalidParameterValue', `no unused token has the id ${id}`);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
