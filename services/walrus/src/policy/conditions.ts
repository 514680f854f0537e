import { BlockList, isIPv6 } from 'node:net';
import { wildcardMatch, type Condition } from './parse-policy.js';

/** Values of a condition key in the request; undefined when the request has none. */
export type ConditionValues = (key: string) => readonly string[] | undefined;

type Compare = (given: string, expected: string) => boolean;

const numbers =
  (compare: (a: number, b: number) => boolean): Compare =>
  (given, expected) =>
    compare(Number(given), Number(expected));
const dates =
  (compare: (a: number, b: number) => boolean): Compare =>
  (given, expected) =>
    compare(instant(given), instant(expected));

/** Operators that hold when any expected value compares; the negated ones when none does. */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (given, expected) => given === expected,
  StringEqualsIgnoreCase: (given, expected) => given.toLowerCase() === expected.toLowerCase(),
  StringLike: (given, expected) => wildcardMatch(expected, given),
  ArnEquals: (given, expected) => wildcardMatch(expected, given),
  ArnLike: (given, expected) => wildcardMatch(expected, given),
  Bool: (given, expected) => given.toLowerCase() === expected.toLowerCase(),
  BinaryEquals: (given, expected) => given === expected,
  IpAddress: inNetwork,
  NumericEquals: numbers((a, b) => a === b),
  NumericLessThan: numbers((a, b) => a < b),
  NumericLessThanEquals: numbers((a, b) => a <= b),
  NumericGreaterThan: numbers((a, b) => a > b),
  NumericGreaterThanEquals: numbers((a, b) => a >= b),
  DateEquals: dates((a, b) => a === b),
  DateLessThan: dates((a, b) => a < b),
  DateLessThanEquals: dates((a, b) => a <= b),
  DateGreaterThan: dates((a, b) => a > b),
  DateGreaterThanEquals: dates((a, b) => a >= b),
};
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Whether one condition of a statement holds. An operator that does not exist never does. */
export function holds(condition: Condition, values: ConditionValues): boolean {
  const [, quantifier, base = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/.exec(
    condition.operator,
  ) ?? [undefined, undefined, undefined, undefined];
  const given = values(condition.key);
  if (base === 'Null') return condition.values.some((value) => (value === 'true') === (given === undefined));
  const negated = NEGATED[base];
  const compare = OPERATORS[negated ?? base];
  if (compare === undefined) return false;
  if (given === undefined) return ifExists !== undefined || negated !== undefined || quantifier === 'ForAllValues';
  const one = (value: string): boolean =>
    condition.values.some((expected) => compare(value, expected)) !== (negated !== undefined);
  if (quantifier === 'ForAllValues') return given.every(one);
  return given.some(one);
}

function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inNetwork(given: string, expected: string): boolean {
  const [network = '', prefix] = expected.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  try {
    list.addSubnet(network, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  } catch {
    return false;
  }
  return list.check(given, isIPv6(given) ? 'ipv6' : 'ipv4');
}
