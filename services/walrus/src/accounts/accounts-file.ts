import { readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import type { StaticAccount } from './static-account-directory.js';

const schema = z.array(
  z.object({
    accessKeyId: z.string().min(1),
    secretKey: z.string().min(1),
    /** 12 digits. */
    accountId: z.string().regex(/^\d{12}$/),
    canonicalId: z.string().min(1),
    displayName: z.string(),
    userId: z.string().min(1),
    userName: z.string().optional(),
    isAdmin: z.boolean().default(false),
    email: z.string().optional(),
  }),
);

/** The accounts of a Walrus without a CLC. Throws `Configuration.Invalid`. */
export function readAccounts(path: string): StaticAccount[] {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8'))).map(({ email, userName, ...account }) => ({
      ...account,
      ...(userName === undefined ? {} : { userName }),
      ...(email === undefined ? {} : { email }),
    }));
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `${path} is no list of accounts: ${String(cause)}`, { cause });
  }
}
