import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { optionalText } from '../../ec2/schema.js';
import { requireGroup } from '../../resources/security-groups.js';
import { removeAllTags } from '../../resources/tags.js';

export const DeleteSecurityGroup = defineAction({
  name: 'DeleteSecurityGroup',
  authorization: 'user',
  metric: 'DeleteSecurityGroup',
  summary: 'Remove a security group that no instance and no rule of another group uses.',
  parameters: z.object({ GroupId: optionalText(64), GroupName: optionalText(255) }),
  async run(given, { pool, caller, version }) {
    const group = await requireGroup(pool, caller, given);
    if (group.name === 'default') {
      throw new MalleeError(
        'CannotDelete',
        `the specified group: "${group.group_id}" name: "default" cannot be deleted`,
      );
    }
    await transaction(pool, async (client) => {
      // Waits for launches that hold the group (see lockGroups), so their instances are seen below.
      await client.query('select 1 from security_group where group_id = $1 for update', [group.group_id]);
      const users = await client.query<{ instance_id: string }>(
        `select instance_id from instance where $1 = any(group_ids) and state <> 'terminated' limit 3`,
        [group.group_id],
      );
      const rules = await client.query<{ group_id: string }>(
        'select distinct group_id from security_group_rule where source_group_id = $1 and group_id <> $1 limit 3',
        [group.group_id],
      );
      const used = [...users.rows.map((row) => row.instance_id), ...rules.rows.map((row) => row.group_id)];
      if (used.length > 0) {
        throw new MalleeError(
          'InvalidGroup.InUse',
          `There are active users of group '${group.name}': ${used.join(', ')}`,
        );
      }
      await client.query('delete from security_group_rule where group_id = $1', [group.group_id]);
      await client.query('delete from security_group where group_id = $1', [group.group_id]);
      await removeAllTags(client, group.group_id);
    });
    return version.modern ? { return: true, groupId: group.group_id } : { return: true };
  },
});
