import { transaction } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { defineAction } from '../../ec2/action.js';
import { lowerResourceId } from '../../identity/ids.js';
import { permissionParameters, wantedRules, type WantedRule } from '../../resources/permissions.js';
import { requireGroup } from '../../resources/security-groups.js';

export const AuthorizeSecurityGroupIngress = defineAction({
  name: 'AuthorizeSecurityGroupIngress',
  authorization: 'user',
  metric: 'AuthorizeSecurityGroupIngress',
  summary: 'Add rules to a security group: all of those given, or none.',
  parameters: permissionParameters,
  async run(given, { pool, caller, version }) {
    const group = await requireGroup(pool, caller, given);
    const rules = await wantedRules(pool, caller, given);
    const made = await transaction(pool, async (client) => {
      const ids: string[] = [];
      for (const rule of rules) {
        const id = lowerResourceId('sgr');
        const { rowCount } = await client.query(
          `insert into security_group_rule (rule_id, group_id, protocol, from_port, to_port, cidr, source_group_id)
           values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (group_id, protocol, from_port, to_port, cidr, source_group_id) do nothing`,
          [id, group.group_id, rule.protocol, rule.fromPort, rule.toPort, rule.cidr, rule.sourceGroupId],
        );
        if (rowCount !== 1) {
          throw new MalleeError('InvalidPermission.Duplicate', `the specified rule "${ruleText(rule)}" already exists`);
        }
        ids.push(id);
      }
      return ids;
    });
    if (!version.modern) return { return: true };
    return {
      return: true,
      securityGroupRuleSet: rules.map((rule, index) => ({
        securityGroupRuleId: made[index],
        groupId: group.group_id,
        groupOwnerId: group.account_id,
        isEgress: false,
        ipProtocol: rule.protocol,
        fromPort: rule.fromPort ?? -1,
        toPort: rule.toPort ?? -1,
        cidrIpv4: rule.cidr,
        referencedGroupInfo: rule.sourceGroupId === null ? undefined : { groupId: rule.sourceGroupId },
        tagSet: [],
      })),
    };
  },
});

/** How a rule is named in messages. */
export function ruleText(rule: WantedRule): string {
  const ports = rule.fromPort === null ? 'all ports' : `from port: ${rule.fromPort}, to port: ${rule.toPort}`;
  return `peer: ${rule.cidr ?? rule.sourceGroupId}, ${rule.protocol}, ${ports}`;
}
