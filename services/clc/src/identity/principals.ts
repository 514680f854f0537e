import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';

export interface PrincipalRow {
  user_id: string;
  account_id: string;
  account_name: string;
  name: string;
  is_admin: boolean;
  enabled: boolean;
}

/** @throws NoSuchEntity */
export async function requirePrincipal(
  database: Queryable,
  accountName: string,
  userName: string,
): Promise<PrincipalRow> {
  const { rows } = await database.query<PrincipalRow>(
    `select u.*, a.name as account_name from principal u join account a using (account_id)
      where (a.name = $1 or a.account_id = $1) and u.name = $2`,
    [accountName, userName],
  );
  if (rows[0]) return rows[0];
  throw new MalleeError('NoSuchEntity', `There is no user ${userName} in account ${accountName}`);
}

/** Valid signing certificates (PEM) of one user, or of all users of an account. */
export async function signingCertificates(
  database: Queryable,
  of: { userId: string } | { accountId: string },
): Promise<string[]> {
  const [column, value] = 'userId' in of ? ['u.user_id', of.userId] : ['u.account_id', of.accountId];
  const { rows } = await database.query<{ pem: string }>(
    `select c.pem from user_certificate c join principal u using (user_id)
      where ${column} = $1 and not c.revoked and u.enabled order by c.created_at, c.fingerprint`,
    [value],
  );
  return rows.map((row) => row.pem);
}

export interface Signer {
  readonly certificatePem: string;
  readonly accountId: string;
  readonly canonicalId: string;
  readonly accountName: string;
  readonly userId: string;
  readonly isAdmin: boolean;
}

/** The enabled user of a certificate that is not revoked. `fingerprint`: lower-case hex SHA-256 of the DER. */
export async function findSigner(database: Queryable, fingerprint: string): Promise<Signer | undefined> {
  const { rows } = await database.query<Signer>(
    `select c.pem as "certificatePem", a.account_id as "accountId", a.canonical_id as "canonicalId",
            a.name as "accountName", u.user_id as "userId", u.is_admin as "isAdmin"
       from user_certificate c join principal u using (user_id) join account a using (account_id)
      where c.fingerprint = $1 and not c.revoked and u.enabled`,
    [fingerprint],
  );
  return rows[0];
}
