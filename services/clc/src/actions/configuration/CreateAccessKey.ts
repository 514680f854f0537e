import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { optionalText } from '../../ec2/schema.js';
import { createAccessKey } from '../../identity/accounts.js';
import { requirePrincipal } from '../../identity/principals.js';
import { accountName } from './CreateAccount.js';

export const CreateAccessKey = defineAction({
  name: 'CreateAccessKey',
  authorization: 'cloud-admin',
  metric: 'CreateAccessKey',
  summary: 'Make an access key for a user; key and secret may be given.',
  parameters: z.object({
    AccountName: accountName,
    UserName: accountName,
    AccessKeyId: optionalText(128).pipe(
      z
        .string()
        .regex(/^[\w-]{3,128}$/, 'use letters, digits, - and _')
        .optional(),
    ),
    SecretAccessKey: optionalText(128).pipe(
      z
        .string()
        .regex(/^[\x21-\x7e]{8,128}$/, 'use printable ASCII')
        .optional(),
    ),
  }),
  async run(given, { pool }) {
    const user = await requirePrincipal(pool, given.AccountName, given.UserName);
    const key = await createAccessKey(pool, user.user_id, {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
    });
    return { accessKey: { userName: user.name, ...key } };
  },
});
