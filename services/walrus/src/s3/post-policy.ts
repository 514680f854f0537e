import { MalleeError } from '@mallee/errors';

/** How many bytes the file of a form may have. */
export interface LengthRange {
  readonly least: number;
  readonly most: number;
}

/** Fields that no condition need name. */
const FREE = new Set(['awsaccesskeyid', 'file', 'policy', 'signature', 'submit', 'x-amz-signature']);

export interface PolicyRules {
  /** Fields that a condition must name. */
  readonly needed?: readonly string[];
  /** Fields that no condition need name, beside those that never need one. */
  readonly free?: readonly string[];
}

/**
 * Holds a form against its policy (base64 JSON). `fields` by lower-case name, `bucket` among them. Throws
 * `InvalidPolicyDocument` for a policy that is no policy, `AccessDenied` when it has expired or a condition is broken.
 */
export function checkPostPolicy(
  policyText: string,
  fields: ReadonlyMap<string, string>,
  now: Date,
  { needed = [], free = [] }: PolicyRules = {},
): LengthRange | undefined {
  const policy = readPolicy(policyText);
  if (now >= policy.expiration) throw new MalleeError('AccessDenied', 'Invalid according to Policy: Policy expired.');
  const named = new Set<string>();
  let range: LengthRange | undefined;
  for (const condition of policy.conditions) {
    if (Array.isArray(condition) && String(condition[0]).toLowerCase() === 'content-length-range') {
      range = readRange(condition);
      continue;
    }
    for (const { operator, field, value } of readCondition(condition)) {
      named.add(field);
      const given = fields.get(field) ?? '';
      const good = operator === 'eq' ? given === value : startsWith(field, given, value);
      if (!good) {
        throw new MalleeError(
          'AccessDenied',
          `Invalid according to Policy: Policy Condition failed: ["${operator}", "$${field}", "${value}"]`,
        );
      }
    }
  }
  const absent = needed.find((field) => !named.has(field));
  if (absent !== undefined) {
    throw new MalleeError('AccessDenied', `Invalid according to Policy: No condition for ${absent}`);
  }
  const extra = [...fields.keys()].find(
    (field) =>
      !named.has(field) &&
      !FREE.has(field) &&
      !free.includes(field) &&
      !/^(bucket$|x-ignore-|x-amz-checksum-)/.test(field),
  );
  if (extra !== undefined) {
    throw new MalleeError('AccessDenied', `Invalid according to Policy: Extra input fields: ${extra}`);
  }
  return range;
}

interface PostPolicy {
  readonly expiration: Date;
  readonly conditions: readonly unknown[];
}

function readPolicy(text: string): PostPolicy {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    throw invalid('Invalid JSON.');
  }
  if (typeof document !== 'object' || document === null) throw invalid('Invalid JSON.');
  const { expiration, conditions } = document as Record<string, unknown>;
  if (typeof expiration !== 'string') throw invalid('Policy missing expiration.');
  const date = new Date(expiration);
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expiration);
  if (!iso || Number.isNaN(date.getTime())) throw invalid('Invalid expiration.');
  if (!Array.isArray(conditions) || conditions.length === 0) throw invalid('Policy missing conditions.');
  return { expiration: date, conditions: conditions as unknown[] };
}

function readCondition(condition: unknown): { operator: 'eq' | 'starts-with'; field: string; value: string }[] {
  if (Array.isArray(condition)) {
    const [operator, field, value] = condition as unknown[];
    const name = typeof operator === 'string' ? operator.toLowerCase() : '';
    const sound = condition.length === 3 && typeof field === 'string' && typeof value === 'string';
    if (!sound || !field.startsWith('$') || (name !== 'eq' && name !== 'starts-with')) {
      throw invalid('Invalid Condition.');
    }
    return [{ operator: name, field: field.slice(1).toLowerCase(), value }];
  }
  if (typeof condition !== 'object' || condition === null) throw invalid('Invalid Condition.');
  const entries = Object.entries(condition);
  if (entries.length !== 1)
    throw invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property.');
  return entries.map(([field, value]) => {
    if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.');
    return { operator: 'eq' as const, field: field.toLowerCase(), value };
  });
}

function readRange(condition: readonly unknown[]): LengthRange {
  const [least, most] = [toLength(condition[1]), toLength(condition[2])];
  if (condition.length !== 3 || least === undefined || most === undefined || least > most) {
    throw invalid('Invalid content-length-range.');
  }
  return { least, most };
}

function toLength(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : NaN;
  return Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** A Content-Type may be a list, of which each has to fit. */
function startsWith(field: string, given: string, value: string): boolean {
  return field === 'content-type'
    ? given.split(',').every((item) => item.trim().startsWith(value))
    : given.startsWith(value);
}

function invalid(message: string): MalleeError {
  return new MalleeError('InvalidPolicyDocument', `Invalid Policy: ${message}`);
}
