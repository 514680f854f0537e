import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { filters, flag, texts } from '../../ec2/schema.js';
import type { KeyPairRow } from '../../resources/key-pairs.js';
import { tagSet, withTags } from '../../resources/tags.js';

type KeyPair = KeyPairRow & { readonly tags: ReadonlyMap<string, string> };

const keyPairFilters: FilterTable<KeyPair> = {
  fingerprint: (one) => one.fingerprint,
  'key-name': (one) => one.name,
  'key-pair-id': (one) => one.key_pair_id,
};

export const DescribeKeyPairs = defineAction({
  name: 'DescribeKeyPairs',
  authorization: 'user',
  metric: 'DescribeKeyPairs',
  summary:
    'Key pairs of the account. Versions of 2009 and of Eucalyptus get an empty set for an unknown name, no error.',
  parameters: z.object({ KeyName: texts(), KeyPairId: texts(), Filter: filters, IncludePublicKey: flag }),
  async run(given, { pool, caller, version }) {
    const { rows } = await pool.query<KeyPairRow>('select * from key_pair where account_id = $1 order by name', [
      caller.accountId,
    ]);
    const ids = given.KeyPairId.map((id) => id.toLowerCase());
    const missing =
      given.KeyName.find((name) => !rows.some((row) => row.name === name)) ??
      ids.find((id) => !rows.some((row) => row.key_pair_id === id));
    // boto 1.9 and euca2ools 1 ask for a name before they create it, and the original answered with an empty set.
    if (missing !== undefined && version.amazon && version.modern) {
      throw new MalleeError('InvalidKeyPair.NotFound', `The key pair '${missing}' does not exist`);
    }
    const chosen = rows.filter(
      (row) =>
        (given.KeyName.length === 0 && ids.length === 0) ||
        given.KeyName.includes(row.name) ||
        ids.includes(row.key_pair_id),
    );
    const keys = applyFilters(await withTags(pool, chosen, (row) => row.key_pair_id), given.Filter, keyPairFilters);
    const item = (one: KeyPair) =>
      version.modern
        ? {
            keyPairId: one.key_pair_id,
            keyName: one.name,
            keyFingerprint: one.fingerprint,
            keyType: one.public_key.startsWith('ssh-ed25519') ? 'ed25519' : 'rsa',
            tagSet: tagSet(one.tags),
            publicKey: given.IncludePublicKey ? one.public_key : undefined,
            createTime: one.created_at,
          }
        : { keyName: one.name, keyFingerprint: one.fingerprint };
    return { keySet: keys.map(item) };
  },
});
