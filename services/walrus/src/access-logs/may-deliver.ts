import { evaluate } from '../policy/evaluate.js';
import { parsePolicy } from '../policy/parse-policy.js';
import { LOG_DELIVERY, type Permission } from '../storage/acl.js';
import type { Bucket } from '../storage/buckets.js';

/** The principal of policies that stands for the delivery of logs. */
const SERVICE = 'Service:logging.s3.amazonaws.com';

/**
 * Whether logs of `source` may be put into `target` below `prefix`: both belong to one account, and the target lets logs in, by its
 * ACL (WRITE and READ_ACP for the group LogDelivery) or by a policy for the service. A denial of the policy wins.
 */
export function mayDeliver(source: Bucket, target: Bucket, prefix: string): boolean {
  if (source.owner.accountId !== target.owner.accountId) return false;
  const verdict = byPolicy(source, target, prefix);
  if (verdict !== 'none') return verdict === 'allow';
  if (target.settings.ownership === 'BucketOwnerEnforced') return false;
  const granted = (permission: Permission): boolean =>
    target.acl.some(
      (grant) =>
        grant.grantee.type === 'group' &&
        grant.grantee.uri === LOG_DELIVERY &&
        (grant.permission === permission || grant.permission === 'FULL_CONTROL'),
    );
  return granted('WRITE') && granted('READ_ACP');
}

function byPolicy(source: Bucket, target: Bucket, prefix: string): 'allow' | 'deny' | 'none' {
  if (target.settings.policy === undefined) return 'none';
  const values = new Map<string, string>([
    ['aws:sourcearn', `arn:aws:s3:::${source.name}`],
    ['aws:sourceaccount', source.owner.accountId],
    ['aws:securetransport', 'true'],
  ]);
  return evaluate(parsePolicy(target.settings.policy), {
    // A service is no account; its name is what a policy says.
    principal: { accountId: SERVICE, canonicalId: SERVICE, userId: SERVICE },
    action: 's3:PutObject',
    resource: `arn:aws:s3:::${target.name}/${prefix}`,
    values: (key) => {
      const value = values.get(key.toLowerCase());
      return value === undefined ? undefined : [value];
    },
  });
}
