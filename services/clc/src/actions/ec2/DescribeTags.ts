import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { listing } from '../../ec2/schema.js';

interface TagRow {
  resource_id: string;
  resource_type: string;
  key: string;
  value: string;
}
type Row = TagRow & { readonly tags: ReadonlyMap<string, string> };

const tagFilters: FilterTable<Row> = {
  key: (one) => one.key,
  'resource-id': (one) => one.resource_id,
  'resource-type': (one) => one.resource_type,
  value: (one) => one.value,
};

export const DescribeTags = defineAction({
  name: 'DescribeTags',
  authorization: 'user',
  metric: 'DescribeTags',
  summary: 'All tags of the account.',
  parameters: z.object(listing),
  async run(given, { pool, caller }) {
    const { rows } = await pool.query<TagRow>(
      'select resource_id, resource_type, key, value from tag where account_id = $1',
      [caller.accountId],
    );
    const all = rows.map((row) => ({ ...row, tags: new Map([[row.key, row.value]]) }));
    const page = paginate(applyFilters(all, given.Filter, tagFilters), (one) => `${one.resource_id} ${one.key}`, given);
    return {
      tagSet: page.rows.map((one) => ({
        resourceId: one.resource_id,
        resourceType: one.resource_type,
        key: one.key,
        value: one.value,
      })),
      nextToken: page.nextToken,
    };
  },
});
