import { MalleeError } from '@mallee/errors';

/** One statement of a bucket policy, every list spelled out. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** `*`, or ARNs, account ids and canonical ids. */
  readonly principals: readonly string[];
  readonly notPrincipal: boolean;
  readonly actions: readonly string[];
  readonly notAction: boolean;
  readonly resources: readonly string[];
  readonly notResource: boolean;
  readonly conditions: readonly Condition[];
}

export interface Condition {
  /** Such as `StringEquals`, with `ForAnyValue:` and `IfExists` as written. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}

const MAX_BYTES = 20 * 1024;

/** Reads a bucket policy. Throws `MalformedPolicy`. */
export function parsePolicy(text: string): Policy {
  if (Buffer.byteLength(text) > MAX_BYTES) throw malformed('The policy is longer than 20 KiB.');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('Policies must be valid JSON and the first byte must be "{".');
  }
  if (!isRecord(document)) throw malformed('The policy must be a JSON object.');
  const given = document['Statement'];
  const list = Array.isArray(given) ? (given as unknown[]) : [given];
  if (list.length === 0) throw malformed('The policy has no statement.');
  return { statements: list.map(readStatement) };
}

/** Throws `MalformedPolicy` unless every resource lies in the bucket. */
export function checkResources(policy: Policy, bucket: string): void {
  for (const { resources } of policy.statements) {
    for (const resource of resources) {
      const [name] = (resource.split(':').slice(5).join(':') || resource).split('/', 1);
      const fits = resource === '*' || (resource.startsWith('arn:aws:s3:') && wildcardMatch(name ?? '', bucket));
      if (!fits) throw malformed('Policy has invalid resource');
    }
  }
}

/** Whether `text` matches a pattern with `*` and `?`. Linear in the product of the lengths, never exponential. */
export function wildcardMatch(pattern: string, text: string, ignoreCase = false): boolean {
  const [p, t] = ignoreCase ? [pattern.toLowerCase(), text.toLowerCase()] : [pattern, text];
  let at = 0;
  let star = -1;
  let mark = 0;
  let i = 0;
  while (i < t.length) {
    if (at < p.length && p[at] === '*') {
      star = at++;
      mark = i;
    } else if (at < p.length && (p[at] === '?' || p[at] === t[i])) {
      at++;
      i++;
    } else if (star !== -1) {
      at = star + 1;
      i = ++mark;
    } else return false;
  }
  while (p[at] === '*') at++;
  return at === p.length;
}

function readStatement(value: unknown): Statement {
  if (!isRecord(value)) throw malformed('A statement must be a JSON object.');
  const effect = value['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Effect must be Allow or Deny.');
  const notPrincipal = value['NotPrincipal'] !== undefined;
  if (effect === 'Allow' && notPrincipal) throw malformed('Allow with NotPrincipal is not allowed.');
  const notAction = value['NotAction'] !== undefined;
  const notResource = value['NotResource'] !== undefined;
  const actions = strings(notAction ? value['NotAction'] : value['Action'], 'Action');
  if (actions.some((action) => action !== '*' && !/^s3:[A-Za-z*?]+$/i.test(action))) {
    throw malformed('Policy has invalid action');
  }
  return {
    effect,
    notPrincipal,
    principals: readPrincipals(notPrincipal ? value['NotPrincipal'] : value['Principal']),
    notAction,
    actions,
    notResource,
    resources: strings(notResource ? value['NotResource'] : value['Resource'], 'Resource'),
    conditions: readConditions(value['Condition']),
  };
}

function readPrincipals(value: unknown): string[] {
  if (value === '*') return ['*'];
  if (!isRecord(value)) throw malformed('Missing required field Principal');
  return Object.entries(value).flatMap(([kind, who]) => {
    if (!['AWS', 'CanonicalUser', 'Service', 'Federated'].includes(kind))
      throw malformed('Invalid principal in policy');
    const names = strings(who, 'Principal');
    return kind === 'AWS' || kind === 'CanonicalUser' ? names : names.map((name) => `${kind}:${name}`);
  });
}

function readConditions(value: unknown): Condition[] {
  if (value === undefined) return [];
  if (!isRecord(value)) throw malformed('Condition must be a JSON object.');
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw malformed('A condition must name keys.');
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: strings(values, 'Condition', true) }));
  });
}

function strings(value: unknown, what: string, scalars = false): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  const texts = list.map((item) =>
    scalars && (typeof item === 'boolean' || typeof item === 'number') ? String(item) : item,
  );
  if (texts.length === 0 || !texts.every((item) => typeof item === 'string')) {
    throw malformed(`Missing required field ${what}`);
  }
  return texts;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): MalleeError {
  return new MalleeError('MalformedPolicy', message);
}
