/** For tests: a message as tags and texts, so that attacks can move and change elements; whatever is not touched stays as written. */
export interface WireNode {
  /** As written, with prefix. */
  name: string;
  /** Everything of the start tag behind the name, as written; starts with a blank or is empty. */
  attributes: string;
  content: (WireNode | string)[];
}

/** For tests: reads a message without comments, CDATA and self-closing tags, as all signers here write it. */
export function readTree(text: string): WireNode {
  const top: WireNode = { name: '', attributes: '', content: [] };
  const open = [top];
  let at = 0;
  for (const tag of text.matchAll(/<(\/?)([^\s>/]+)([^>]*?)(\/?)>/g)) {
    const parent = open.at(-1)!;
    if (tag.index > at) parent.content.push(text.slice(at, tag.index));
    at = tag.index + tag[0].length;
    if (tag[1] === '/') {
      open.pop();
      continue;
    }
    const node: WireNode = { name: tag[2]!, attributes: tag[3]!, content: [] };
    parent.content.push(node);
    if (tag[4] === '') open.push(node);
  }
  const root = top.content.find((part) => typeof part !== 'string');
  if (root === undefined || open.length !== 1) throw new Error('the text is no message');
  return root;
}

export function writeTree(node: WireNode): string {
  let content = '';
  for (const part of node.content) content += typeof part === 'string' ? part : writeTree(part);
  return `<${node.name}${node.attributes}>${content}</${node.name}>`;
}

export function copyTree(node: WireNode): WireNode {
  return { ...node, content: node.content.map((part) => (typeof part === 'string' ? part : copyTree(part))) };
}

/** The node and everything in it, in document order. */
export function allNodes(node: WireNode): WireNode[] {
  return [node, ...node.content.flatMap((part) => (typeof part === 'string' ? [] : allNodes(part)))];
}

/** The first element with this name, prefix apart; it must be there. */
export function findNode(root: WireNode, local: string): WireNode {
  const found = allNodes(root).find((node) => localName(node) === local);
  if (found === undefined) throw new Error(`the message has no ${local}`);
  return found;
}

export function localName(node: WireNode): string {
  return node.name.replace(/^.*:/, '');
}

export function parentOf(root: WireNode, child: WireNode): WireNode {
  const found = allNodes(root).find((node) => node.content.includes(child));
  if (found === undefined) throw new Error(`${child.name} has no parent`);
  return found;
}

/** Takes a node out of the tree; returns its parent and where it stood. */
export function detach(root: WireNode, child: WireNode): { parent: WireNode; index: number } {
  const parent = parentOf(root, child);
  const index = parent.content.indexOf(child);
  parent.content.splice(index, 1);
  return { parent, index };
}

/** Puts a node in the place of another. */
export function replaceNode(root: WireNode, old: WireNode, ...by: (WireNode | string)[]): void {
  const { parent, index } = detach(root, old);
  parent.content.splice(index, 0, ...by);
}

export function setText(node: WireNode, text: string): void {
  node.content = [text];
}

export function textOf(node: WireNode): string {
  return node.content.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}

const ID = / (?:[\w-]+:)?Id="([^"]*)"/;

export function idOf(node: WireNode): string | undefined {
  return ID.exec(node.attributes)?.[1];
}

/** Writes the id of an element otherwise, or with '' takes it away. */
export function changeId(node: WireNode, written: string): void {
  node.attributes = node.attributes.replace(ID, written === '' ? '' : ` ${written}`);
}

/**
 * Declares on the node every prefix of the message that it does not declare itself, so that it means and digests the same wherever
 * it is put (exclusive canonicalisation leaves out what is not used).
 */
export function makeMovable(root: WireNode, node: WireNode, target = node): WireNode {
  const declared = new Map<string, string>();
  for (const one of pathTo(root, node)) {
    for (const match of one.attributes.matchAll(/ (xmlns(?::[\w-]+)?)="([^"]*)"/g)) declared.set(match[1]!, match[2]!);
  }
  for (const [name, uri] of declared) {
    if (!target.attributes.includes(` ${name}="`)) target.attributes = ` ${name}="${uri}"${target.attributes}`;
  }
  return target;
}

/** A copy of a node that can be put anywhere. */
export function movableCopy(root: WireNode, node: WireNode): WireNode {
  return makeMovable(root, node, copyTree(node));
}

function pathTo(root: WireNode, node: WireNode): WireNode[] {
  if (root === node) return [root];
  for (const part of root.content) {
    if (typeof part === 'string') continue;
    const path = pathTo(part, node);
    if (path.length > 0) return [root, ...path];
  }
  return [];
}

/** A new element; `attributes` as it is to be written. */
export function element(name: string, attributes = '', ...content: (WireNode | string)[]): WireNode {
  return { name, attributes: attributes === '' ? '' : ` ${attributes}`, content };
}

/** Puts another text into the first element of a node that has nothing but text: the smallest forgery of any message. */
export function forgeText(node: WireNode, text = 'mallory'): WireNode {
  const leaf = allNodes(node).find(
    (one) => one.content.length > 0 && one.content.every((part) => typeof part === 'string'),
  );
  if (leaf === undefined) throw new Error('there is no text to forge');
  setText(leaf, text);
  return node;
}
