import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { defineAction } from '../../ec2/action.js';
import { permissionParameters, wantedRules } from '../../resources/permissions.js';
import { requireGroup } from '../../resources/security-groups.js';
import { ruleText } from './AuthorizeSecurityGroupIngress.js';

export const RevokeSecurityGroupIngress = defineAction({
  name: 'RevokeSecurityGroupIngress',
  authorization: 'user',
  metric: 'RevokeSecurityGroupIngress',
  summary: 'Remove rules from a security group: all of those given, or none.',
  parameters: permissionParameters,
  async run(given, { pool, caller }) {
    const group = await requireGroup(pool, caller, given);
    const rules = await wantedRules(pool, caller, given);
    await transaction(pool, async (client) => {
      for (const rule of rules) {
        const { rowCount } = await client.query(
          `delete from security_group_rule where group_id = $1 and protocol = $2 and from_port is not distinct from $3
             and to_port is not distinct from $4 and cidr is not distinct from $5
             and source_group_id is not distinct from $6`,
          [group.group_id, rule.protocol, rule.fromPort, rule.toPort, rule.cidr, rule.sourceGroupId],
        );
        if (!rowCount) {
          throw new MalleeError(
            'InvalidPermission.NotFound',
            `The rule "${ruleText(rule)}" does not exist in this group`,
          );
        }
      }
    });
    return { return: true };
  },
});
