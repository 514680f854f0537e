import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { list, optionalInteger, optionalText, structures, text, texts } from '../ec2/schema.js';
import type { Caller } from '../identity/caller.js';
import { normaliseCidr, portRange, type PortRange } from './rules.js';
import type { GroupRow } from './security-groups.js';

const port = optionalInteger(-1, 65_535);

/** Parameters of Authorize and Revoke: the flat form of 2009 and the list of today. */
export const permissionParameters = z.object({
  GroupId: optionalText(64),
  GroupName: optionalText(255),
  IpProtocol: optionalText(40),
  FromPort: port,
  ToPort: port,
  CidrIp: texts(100),
  SourceSecurityGroupName: optionalText(255),
  SourceSecurityGroupOwnerId: optionalText(64),
  IpPermissions: structures({
    IpProtocol: text(40),
    FromPort: port,
    ToPort: port,
    IpRanges: structures({ CidrIp: text(60) }),
    Groups: structures({ UserId: optionalText(64), GroupName: optionalText(255), GroupId: optionalText(64) }),
    Ipv6Ranges: list(z.unknown()),
    PrefixListIds: list(z.unknown()),
  }),
});
export type PermissionParameters = z.output<typeof permissionParameters>;

/** One row of security_group_rule: one protocol and port range for one source. */
export interface WantedRule extends PortRange {
  readonly cidr: string | null;
  readonly sourceGroupId: string | null;
}

/** The rules a request names, each source on its own. @throws InvalidPermission.Malformed, InvalidGroup.NotFound ... */
export async function wantedRules(
  database: Queryable,
  caller: Caller,
  given: PermissionParameters,
): Promise<WantedRule[]> {
  const rules: WantedRule[] = [];
  for (const one of [...flatForm(given), ...given.IpPermissions]) {
    if (one.Ipv6Ranges.length > 0 || one.PrefixListIds.length > 0) {
      throw new MalleeError('Unsupported', 'Rules for IPv6 ranges and prefix lists are not supported');
    }
    const range = portRange(one.IpProtocol, one.FromPort, one.ToPort);
    for (const { CidrIp } of one.IpRanges) {
      rules.push({ ...range, cidr: normaliseCidr(CidrIp), sourceGroupId: null });
    }
    for (const source of one.Groups) {
      rules.push({ ...range, cidr: null, sourceGroupId: (await sourceGroup(database, caller, source)).group_id });
    }
    if (one.IpRanges.length + one.Groups.length === 0) {
      throw new MalleeError('MissingParameter', 'A rule needs a source: IpRanges or Groups');
    }
  }
  if (rules.length === 0)
    throw new MalleeError('MissingParameter', 'The request must contain the parameter IpPermissions');
  return rules;
}

type Permission = PermissionParameters['IpPermissions'][number];

/** The flat form as permissions. A source group without a protocol means all of tcp, udp and icmp, as in 2009. */
function flatForm(given: PermissionParameters): Permission[] {
  const group = given.SourceSecurityGroupName;
  if (given.IpProtocol === undefined && group === undefined && given.CidrIp.length === 0) return [];
  const common = { Ipv6Ranges: [], PrefixListIds: [], IpRanges: given.CidrIp.map((CidrIp) => ({ CidrIp })) };
  const Groups =
    group === undefined ? [] : [{ UserId: given.SourceSecurityGroupOwnerId, GroupName: group, GroupId: undefined }];
  if (given.IpProtocol !== undefined) {
    return [{ ...common, Groups, IpProtocol: given.IpProtocol, FromPort: given.FromPort, ToPort: given.ToPort }];
  }
  if (group === undefined)
    throw new MalleeError('MissingParameter', 'The request must contain the parameter IpProtocol');
  return [
    { ...common, Groups, IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535 },
    { ...common, Groups, IpProtocol: 'udp', FromPort: 0, ToPort: 65_535 },
    { ...common, Groups, IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
  ];
}

/** A peer may be a group of another account, by account id (or name, as in the original) and group name or id. */
async function sourceGroup(
  database: Queryable,
  caller: Caller,
  { UserId, GroupName, GroupId }: Permission['Groups'][number],
): Promise<GroupRow> {
  const { rows } = await database.query<GroupRow>(
    `select g.* from security_group g join account a using (account_id)
      where (a.account_id = $1 or a.name = $1) and ($2::text is null or g.group_id = $2)
        and ($3::text is null or g.name = $3)`,
    [UserId ?? caller.accountId, GroupId?.toLowerCase() ?? null, GroupName ?? null],
  );
  if (rows[0] && (GroupId !== undefined || GroupName !== undefined)) return rows[0];
  throw new MalleeError('InvalidGroup.NotFound', `The security group '${GroupId ?? GroupName ?? ''}' does not exist`);
}
