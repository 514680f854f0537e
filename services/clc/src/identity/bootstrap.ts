import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { transaction, type Pool } from '@mallee/database';
import type { Logger } from '@mallee/daemon';
import { replaceFile } from '@mallee/durable-files';
import { createAccessKey, createAccount, createSigningCertificate, createUser } from './accounts.js';

/** Account of the cloud's administrators. */
export const systemAccount = { accountId: '000000000001', name: 'eucalyptus' } as const;

/** Content of the credentials file. */
export interface BootstrapCredentials {
  readonly accountId: string;
  readonly userId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

/**
 * On an empty database: makes the account `eucalyptus` with user `admin`, an access key and a signing certificate, and
 * writes them to `credentialsFile` with mode 0600. The file is on disk before the transaction commits: a crash in
 * between leaves an empty database and a file that the next start replaces.
 * @returns true if it made the account
 */
export async function bootstrap(pool: Pool, credentialsFile: string, logger: Logger): Promise<boolean> {
  return transaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('clc bootstrap', 0))`);
    const { rowCount } = await client.query('select 1 from account limit 1');
    if (rowCount) return false;
    const { accountId } = await createAccount(client, systemAccount);
    const userId = await createUser(client, { accountId, name: 'admin', isAdmin: true });
    const key = await createAccessKey(client, userId);
    const { certificate, privateKey } = await createSigningCertificate(client, userId, 'admin');
    const credentials: BootstrapCredentials = { accountId, userId, ...key, certificate, privateKey };
    await mkdir(dirname(credentialsFile), { recursive: true });
    await replaceFile(credentialsFile, `${JSON.stringify(credentials, null, 2)}\n`);
    logger.info({ credentialsFile, accessKeyId: key.accessKeyId }, 'made the first account');
    return true;
  });
}
