import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { optionalText } from '../../ec2/schema.js';
import { removeAllTags } from '../../resources/tags.js';

export const DeleteKeyPair = defineAction({
  name: 'DeleteKeyPair',
  authorization: 'user',
  metric: 'DeleteKeyPair',
  summary: 'Remove a key pair; it is no error if there is none.',
  parameters: z.object({ KeyName: optionalText(255), KeyPairId: optionalText(64) }),
  async run(given, { pool, caller, version }) {
    if (given.KeyName === undefined && given.KeyPairId === undefined) {
      throw new MalleeError('MissingParameter', 'The request must contain the parameter KeyName or KeyPairId');
    }
    const { rows } = await pool.query<{ key_pair_id: string }>(
      `delete from key_pair where account_id = $1 and ($2::text is null or name = $2)
         and ($3::text is null or key_pair_id = $3) returning key_pair_id`,
      [caller.accountId, given.KeyName ?? null, given.KeyPairId?.toLowerCase() ?? null],
    );
    for (const row of rows) await removeAllTags(pool, row.key_pair_id);
    return { return: true, keyPairId: version.modern ? rows[0]?.key_pair_id : undefined };
  },
});
