import { transaction, type Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { flag, text } from '../../ec2/schema.js';
import { requirePrincipal } from '../../identity/principals.js';
import { accountName } from './CreateAccount.js';

export const DeleteAccessKey = defineAction({
  name: 'DeleteAccessKey',
  authorization: 'cloud-admin',
  metric: 'DeleteAccessKey',
  summary: 'Make an access key useless at once; the last one of the administrators is kept.',
  parameters: z.object({ AccessKeyId: text(128) }),
  async run(given, { pool }) {
    await keepAnAdministrator(pool, `There is no access key ${given.AccessKeyId}`, (client) =>
      client.query('delete from access_key where access_key_id = $1', [given.AccessKeyId]),
    );
    return { _return: true };
  },
});

export const UpdateUser = defineAction({
  name: 'UpdateUser',
  authorization: 'cloud-admin',
  metric: 'UpdateUser',
  summary: 'Enable or disable a user with all keys and certificates.',
  parameters: z.object({ AccountName: accountName, UserName: accountName, Enabled: flag }),
  async run(given, { pool }) {
    const user = await requirePrincipal(pool, given.AccountName, given.UserName);
    await keepAnAdministrator(pool, `There is no user ${user.name}`, (client) =>
      client.query('update principal set enabled = $2 where user_id = $1', [user.user_id, given.Enabled]),
    );
    return { _return: true };
  },
});

export const DeleteSigningCertificate = defineAction({
  name: 'DeleteSigningCertificate',
  authorization: 'cloud-admin',
  metric: 'DeleteSigningCertificate',
  summary: 'Revoke a certificate: bundles signed with it cannot be registered any more.',
  parameters: z.object({ CertificateId: text(64) }),
  async run(given, { pool }) {
    const { rowCount } = await pool.query('update user_certificate set revoked = true where fingerprint = $1', [
      given.CertificateId.toLowerCase(),
    ]);
    if (!rowCount) throw new MalleeError('NoSuchEntity', `There is no certificate ${given.CertificateId}`);
    return { _return: true };
  },
});

type Change = (client: { query(sql: string, values: unknown[]): Promise<{ rowCount: number | null }> }) => Promise<{
  rowCount: number | null;
}>;

/** Makes a change unless no administrator could sign a request after it. @throws NoSuchEntity, DeleteConflict */
async function keepAnAdministrator(pool: Pool, missing: string, change: Change): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('clc administrators', 0))`);
    const { rowCount } = await change(client);
    if (!rowCount) throw new MalleeError('NoSuchEntity', missing);
    const left = await client.query(
      'select 1 from access_key k join principal u using (user_id) where k.active and u.enabled and u.is_admin limit 1',
    );
    if (!left.rowCount) throw new MalleeError('DeleteConflict', 'No administrator would have an access key any more');
  });
}
