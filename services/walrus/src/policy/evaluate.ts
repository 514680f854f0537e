import { holds, type ConditionValues } from './conditions.js';
import { wildcardMatch, type Policy, type Statement } from './parse-policy.js';

export interface PolicyRequest {
  /** Undefined for an anonymous request. */
  readonly principal:
    | {
        readonly accountId: string;
        readonly canonicalId: string;
        readonly userId: string;
        readonly userName?: string | undefined;
      }
    | undefined;
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** `arn:aws:s3:::BUCKET` or `arn:aws:s3:::BUCKET/KEY`. */
  readonly resource: string;
  readonly values: ConditionValues;
}

/** What the policy says: an explicit denial wins over any permission. */
export function evaluate(policy: Policy, request: PolicyRequest): 'allow' | 'deny' | 'none' {
  const matching = policy.statements.filter((statement) => matches(statement, request));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'deny';
  return matching.length > 0 ? 'allow' : 'none';
}

/** Whether the policy lets everybody in: `*` as principal, with no condition that narrows it down. */
export function isPublic(policy: Policy): boolean {
  return policy.statements.some(
    (statement) =>
      statement.effect === 'Allow' &&
      (statement.notPrincipal || statement.principals.includes('*')) &&
      !statement.conditions.some(narrows),
  );
}

const NARROWING = new Set(
  'aws:sourceip aws:sourcearn aws:sourcevpc aws:sourcevpce aws:sourceaccount aws:userid aws:principalorgid aws:principalarn aws:principalaccount s3:dataaccesspointarn s3:x-amz-server-side-encryption-aws-kms-key-id'.split(
    ' ',
  ),
);

function narrows({ operator, key, values }: Statement['conditions'][number]): boolean {
  if (!NARROWING.has(key.toLowerCase()) || /Not|Null/.test(operator)) return false;
  return !values.some((value) => value === '*' || value === '0.0.0.0/0' || value === '::/0');
}

function matches(statement: Statement, request: PolicyRequest): boolean {
  const principal = statement.principals.some((name) => isPrincipal(name, request.principal));
  const action = statement.actions.some((pattern) => wildcardMatch(pattern, request.action, true));
  const resource = statement.resources.some((pattern) => wildcardMatch(pattern, request.resource));
  return (
    principal !== statement.notPrincipal &&
    action !== statement.notAction &&
    resource !== statement.notResource &&
    statement.conditions.every((condition) => holds(condition, request.values))
  );
}

function isPrincipal(name: string, who: PolicyRequest['principal']): boolean {
  if (name === '*') return true;
  if (who === undefined) return false;
  if (name === who.accountId || name === who.canonicalId) return true;
  const match = /^arn:aws:iam::([^:]*):(root|user\/(.+))$/.exec(name);
  if (match === null) return false;
  const [, account = '', , user] = match;
  const sameAccount = account === who.accountId || account === who.canonicalId || account === '';
  // An access key acts for its account; a user is named by its name or its id.
  if (user === undefined) return sameAccount;
  return sameAccount && (user === who.userName || user === who.userId || user === who.canonicalId);
}
