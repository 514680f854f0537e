import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { structures, text, texts } from '../../ec2/schema.js';
import { requireTaggable } from '../../resources/tagged-resource.js';
import { checkTags, putTags } from '../../resources/tags.js';

export const CreateTags = defineAction({
  name: 'CreateTags',
  authorization: 'user',
  metric: 'CreateTags',
  summary: 'Set tags on resources, replacing the values of keys that are there.',
  parameters: z.object({
    ResourceId: texts(1000),
    Tag: structures({ Key: text(1024), Value: z.string().max(1024).default('') }, 1000),
  }),
  async run(given, { pool, caller }) {
    if (given.ResourceId.length === 0 || given.Tag.length === 0) {
      const name = given.ResourceId.length === 0 ? 'ResourceId' : 'Tag';
      throw new MalleeError('MissingParameter', `The request must contain the parameter ${name}`);
    }
    checkTags(given.Tag);
    await transaction(pool, async (client) => {
      for (const id of given.ResourceId) {
        const resource = await requireTaggable(client, caller, id);
        await putTags(client, resource.accountId, resource.type, resource.id, given.Tag);
      }
    });
    return { return: true };
  },
});
