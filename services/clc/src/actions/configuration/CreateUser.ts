import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { flag } from '../../ec2/schema.js';
import { createUser } from '../../identity/accounts.js';
import { accountName } from './CreateAccount.js';

export const CreateUser = defineAction({
  name: 'CreateUser',
  authorization: 'cloud-admin',
  metric: 'CreateUser',
  summary: 'Make a user in an account; with Admin=true an administrator of the whole cloud.',
  parameters: z.object({ AccountName: accountName, UserName: accountName, Admin: flag }),
  async run(given, { pool }) {
    const { rows } = await pool.query<{ account_id: string }>(
      'select account_id from account where name = $1 or account_id = $1',
      [given.AccountName],
    );
    const accountId = rows[0]?.account_id;
    if (accountId === undefined) throw new MalleeError('NoSuchEntity', `There is no account ${given.AccountName}`);
    const userId = await createUser(pool, { accountId, name: given.UserName, isAdmin: given.Admin });
    return { user: { accountId, userId, userName: given.UserName, admin: given.Admin } };
  },
});
