import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { texts } from '../../ec2/schema.js';

interface UserRow {
  account_id: string;
  account_name: string;
  user_id: string;
  name: string;
  is_admin: boolean;
  enabled: boolean;
  access_keys: string[];
  certificates: string[];
}

export const DescribeUsers = defineAction({
  name: 'DescribeUsers',
  authorization: 'cloud-admin',
  metric: 'DescribeUsers',
  summary: 'Users of every account with the ids of their keys; secrets are never shown again.',
  parameters: z.object({ UserNames: texts(), AccountNames: texts() }),
  async run(given, { pool }) {
    const { rows } = await pool.query<UserRow>(
      `select a.account_id, a.name as account_name, u.user_id, u.name, u.is_admin, u.enabled,
          array(select access_key_id from access_key k where k.user_id = u.user_id and k.active order by 1) as access_keys,
          array(select fingerprint from user_certificate c where c.user_id = u.user_id and not c.revoked order by 1)
            as certificates
         from principal u join account a using (account_id)
        where (cardinality($1::text[]) = 0 or u.name = any($1)) and (cardinality($2::text[]) = 0 or a.name = any($2))
        order by a.name, u.name`,
      [given.UserNames, given.AccountNames],
    );
    return {
      users: rows.map((row) => ({
        accountId: row.account_id,
        accountName: row.account_name,
        userId: row.user_id,
        userName: row.name,
        admin: row.is_admin,
        enabled: row.enabled,
        accessKeys: row.access_keys,
        certificates: row.certificates,
      })),
    };
  },
});
