import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { optionalText, tagSpecifications, text } from '../../ec2/schema.js';
import { insertGroup } from '../../resources/security-groups.js';
import { putTags, requestedTags } from '../../resources/tags.js';

export const CreateSecurityGroup = defineAction({
  name: 'CreateSecurityGroup',
  authorization: 'user',
  metric: 'CreateSecurityGroup',
  summary: 'Make a security group without rules.',
  parameters: z.object({
    GroupName: text(255),
    GroupDescription: text(255),
    VpcId: optionalText(64),
    TagSpecification: tagSpecifications,
  }),
  async run({ GroupName: name, GroupDescription: description, VpcId, TagSpecification }, { pool, caller, version }) {
    if (VpcId !== undefined) throw new MalleeError('InvalidVpcID.NotFound', `The vpc ID '${VpcId}' does not exist`);
    if (!/^[\x20-\x7e]+$/.test(name) || name.startsWith('sg-')) {
      throw new MalleeError('InvalidParameterValue', 'GroupName must be printable ASCII and not start with sg-');
    }
    if (name === 'default') throw new MalleeError('InvalidGroup.Reserved', `The name 'default' is reserved`);
    const tags = requestedTags(TagSpecification, 'security-group');
    const groupId = await transaction(pool, async (client) => {
      const id = await insertGroup(client, caller.accountId, name, description);
      if (id === undefined) {
        throw new MalleeError('InvalidGroup.Duplicate', `The security group '${name}' already exists`);
      }
      await putTags(client, caller.accountId, 'security-group', id, tags);
      return id;
    });
    return version.modern ? { return: true, groupId } : { return: true };
  },
});
