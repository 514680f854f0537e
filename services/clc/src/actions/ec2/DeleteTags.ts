import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { structures, text, texts } from '../../ec2/schema.js';
import { requireTaggable } from '../../resources/tagged-resource.js';

export const DeleteTags = defineAction({
  name: 'DeleteTags',
  authorization: 'user',
  metric: 'DeleteTags',
  summary: 'Remove tags: by key, by key and value, or all of a resource when no tag is named.',
  // An empty Value is a value here: it removes the tag only if its value is empty.
  parameters: z.object({
    ResourceId: texts(1000),
    Tag: structures({ Key: text(1024), Value: z.string().max(1024).optional() }, 1000),
  }),
  async run(given, { pool, caller }) {
    if (given.ResourceId.length === 0) {
      throw new MalleeError('MissingParameter', 'The request must contain the parameter ResourceId');
    }
    await transaction(pool, async (client) => {
      for (const id of given.ResourceId) {
        const resource = await requireTaggable(client, caller, id);
        if (given.Tag.length === 0) await client.query('delete from tag where resource_id = $1', [resource.id]);
        for (const { Key, Value } of given.Tag) {
          await client.query(
            'delete from tag where resource_id = $1 and key = $2 and ($3::text is null or value = $3)',
            [resource.id, Key, Value ?? null],
          );
        }
      }
    });
    return { return: true };
  },
});
