import { MalleeError } from '@mallee/errors';

/** What a request parameter becomes: text, a list (`Name.1`, `Name.2` or bare `Name`), or a structure (`A.B`). */
export type ParameterValue = string | ParameterValue[] | ParameterTree;
export interface ParameterTree {
  [name: string]: ParameterValue;
}

export const parameterLimits = { count: 10_000, depth: 8, nameLength: 255 } as const;

interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

/**
 * The pairs of an `application/x-www-form-urlencoded` text in the order sent.
 * @throws InvalidParameterValue for more than 10,000 parameters, broken percent encoding or a NUL character
 */
export function parseForm(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of text.split('&', parameterLimits.count + 1)) {
    if (part === '') continue;
    if (pairs.length >= parameterLimits.count) throw refuse(`more than ${parameterLimits.count} parameters`);
    const at = part.indexOf('=');
    pairs.push(at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
  }
  return pairs;
}

/**
 * Dotted names to a tree. Numeric levels become lists in numeric order, whatever numbers were used; a value that has
 * children as well is dropped. Objects have no prototype, so no name is special.
 * @throws InvalidParameterValue for names that are too long or too deep
 */
export function parameterTree(pairs: readonly (readonly [string, string])[]): ParameterTree {
  const root: Node = { value: undefined, children: new Map() };
  for (const [name, value] of pairs) {
    const path = name.split('.');
    if (name.length > parameterLimits.nameLength) throw refuse('a parameter name is longer than 255 characters');
    if (path.length > parameterLimits.depth) throw refuse(`the parameter ${name} is nested too deeply`);
    let node = root;
    for (const step of path) {
      let next = node.children.get(step);
      if (!next) node.children.set(step, (next = { value: undefined, children: new Map() }));
      node = next;
    }
    node.value ??= value;
  }
  return structure(root);
}

function structure(node: Node): ParameterTree {
  const tree = Object.create(null) as ParameterTree;
  for (const [name, child] of node.children) tree[name] = plain(child);
  return tree;
}

function plain(node: Node): ParameterValue {
  if (node.children.size === 0) return node.value ?? '';
  const names = [...node.children.keys()];
  if (!names.every((name) => /^\d{1,9}$/.test(name))) return structure(node);
  return names.sort((a, b) => Number(a) - Number(b)).map((name) => plain(node.children.get(name)!));
}

function decode(text: string): string {
  const decoded = decodePercent(text);
  // PostgreSQL cannot store it, and no parameter needs it.
  if (decoded.includes('\0')) throw refuse('a parameter contains a NUL character');
  return decoded;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw refuse('a parameter is not valid percent-encoded UTF-8');
  }
}

function refuse(why: string): MalleeError {
  return new MalleeError('InvalidParameterValue', `The request is refused: ${why}`);
}
