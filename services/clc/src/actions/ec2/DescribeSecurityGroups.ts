import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { listing, texts } from '../../ec2/schema.js';
import type { XmlFields } from '../../ec2/xml.js';
import { scopeOf } from '../../resources/scope.js';
import {
  ensureDefaultGroup,
  loadGroups,
  loadRules,
  type GroupRow,
  type RuleRow,
} from '../../resources/security-groups.js';
import { tagSet, withTags } from '../../resources/tags.js';

type Group = GroupRow & { readonly tags: ReadonlyMap<string, string>; readonly rules: readonly RuleRow[] };

const groupFilters: FilterTable<Group> = {
  description: (one) => one.description,
  'group-id': (one) => one.group_id,
  'group-name': (one) => one.name,
  'owner-id': (one) => one.account_id,
  'ip-permission.cidr': (one) => one.rules.map((rule) => rule.cidr),
  'ip-permission.from-port': (one) => one.rules.map((rule) => rule.from_port),
  'ip-permission.to-port': (one) => one.rules.map((rule) => rule.to_port),
  'ip-permission.protocol': (one) => one.rules.map((rule) => rule.protocol),
  'ip-permission.group-id': (one) => one.rules.map((rule) => rule.source_group_id),
  'ip-permission.group-name': (one) => one.rules.map((rule) => rule.source_name),
  'ip-permission.user-id': (one) => one.rules.map((rule) => rule.source_account_id),
  'vpc-id': () => undefined,
};

export const DescribeSecurityGroups = defineAction({
  name: 'DescribeSecurityGroups',
  authorization: 'user',
  metric: 'DescribeSecurityGroups',
  summary: 'Security groups of the account with their rules.',
  parameters: z.object({ GroupName: texts(), GroupId: texts(), ...listing }),
  async run(given, { pool, caller, version }) {
    await ensureDefaultGroup(pool, caller.accountId);
    const scope = scopeOf(caller, given.GroupId);
    const names = given.GroupName.filter((name) => name !== 'verbose');
    const everything = given.GroupName.includes('verbose') && caller.isAdmin;
    const all = await loadGroups(pool, everything ? undefined : scope.accountId);
    const chosen = choose(all, scope.ids, names);
    const rules = await loadRules(
      pool,
      chosen.map((row) => row.group_id),
    );
    const groups = (await withTags(pool, chosen, (row) => row.group_id)).map((row) => ({
      ...row,
      rules: rules.filter((rule) => rule.group_id === row.group_id),
    }));
    const page = paginate(applyFilters(groups, given.Filter, groupFilters), (one) => one.group_id, given);
    return {
      securityGroupInfo: page.rows.map((one) => groupItem(one, version.modern)),
      nextToken: page.nextToken,
    };
  },
});

function choose(all: readonly GroupRow[], ids: readonly string[], names: readonly string[]): GroupRow[] {
  const missing =
    ids.find((id) => !all.some((row) => row.group_id === id)) ??
    names.find((name) => !all.some((row) => row.name === name));
  if (missing !== undefined) {
    throw new MalleeError('InvalidGroup.NotFound', `The security group '${missing}' does not exist`);
  }
  if (ids.length + names.length === 0) return [...all];
  return all.filter((row) => ids.includes(row.group_id) || names.includes(row.name));
}

function groupItem(group: Group, modern: boolean): XmlFields {
  const item: XmlFields = {
    ownerId: group.account_id,
    groupId: modern ? group.group_id : undefined,
    groupName: group.name,
    groupDescription: group.description,
    ipPermissions: permissions(group.rules, modern),
  };
  return modern ? { ...item, ipPermissionsEgress: [], tagSet: tagSet(group.tags) } : item;
}

/** Rules of one protocol and port range are one permission with several sources. */
function permissions(rules: readonly RuleRow[], modern: boolean): XmlFields[] {
  const ranges = new Map<string, RuleRow[]>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.from_port} ${rule.to_port}`;
    ranges.set(key, [...(ranges.get(key) ?? []), rule]);
  }
  return [...ranges.values()].map((same) => {
    const first = same[0]!;
    const permission: XmlFields = {
      ipProtocol: first.protocol,
      fromPort: first.from_port,
      toPort: first.to_port,
      groups: same.filter((rule) => rule.source_group_id !== null).map((rule) => peer(rule, modern)),
      ipRanges: same.filter((rule) => rule.cidr !== null).map((rule) => ({ cidrIp: rule.cidr })),
    };
    return modern ? { ...permission, ipv6Ranges: [], prefixListIds: [] } : permission;
  });
}

function peer(rule: RuleRow, modern: boolean): XmlFields {
  return {
    userId: rule.source_account_id,
    groupId: modern ? rule.source_group_id : undefined,
    groupName: rule.source_name,
  };
}
