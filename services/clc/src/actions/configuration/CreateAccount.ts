import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { optionalText, text } from '../../ec2/schema.js';
import { createAccount } from '../../identity/accounts.js';

export const accountName = text(128).pipe(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+=,.@_-]*$/, 'use letters, digits and +=,.@_-'),
);

export const CreateAccount = defineAction({
  name: 'CreateAccount',
  authorization: 'cloud-admin',
  metric: 'CreateAccount',
  summary: 'Make an account; ids may be given so that test suites find those they expect.',
  parameters: z.object({
    AccountName: accountName,
    Email: optionalText(255),
    AccountId: optionalText(12).pipe(
      z
        .string()
        .regex(/^\d{12}$/, 'twelve digits are expected')
        .optional(),
    ),
    CanonicalId: optionalText(64).pipe(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, '64 hex digits are expected')
        .optional(),
    ),
  }),
  async run(given, { pool }) {
    const account = await createAccount(pool, {
      name: given.AccountName,
      email: given.Email,
      accountId: given.AccountId,
      canonicalId: given.CanonicalId,
    });
    return { account: { accountName: account.name, accountId: account.accountId, canonicalId: account.canonicalId } };
  },
});
