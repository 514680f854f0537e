import {
  allNodes,
  changeId,
  copyTree,
  element,
  forgeText,
  makeMovable,
  writeTree,
  type WireNode,
} from './wire-tree.js';

/** For tests: how the forged element of a wrapping attack is made and where the signed one goes. */
export interface VariantChoices {
  readonly ids: readonly string[];
  readonly wrappers: readonly string[];
  readonly prefixes: readonly PrefixGame[];
  readonly payloads: readonly ('forged' | 'same' | 'absent')[];
}

type PrefixGame = 'as signed' | 'other prefix' | 'default namespace' | 'other namespace';

/** Names of what may hold the moved element; '' leaves it bare. */
const WRAPPERS: Readonly<Record<string, (signed: WireNode) => WireNode>> = {
  bare: (signed) => signed,
  unknown: (signed) => element('w', 'xmlns="urn:w"', signed),
  object: (signed) => element('ds:Object', 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', signed),
  header: (signed) => element('soapenv:Header', 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"', signed),
  security: (signed) =>
    element(
      'wsse:Security',
      'xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"',
      signed,
    ),
  deep: (signed) => element('w', 'xmlns="urn:w"', element('w', '', element('w', '', signed))),
};

export const everything: VariantChoices = {
  // %s is the id that the signature names; 'none' takes the id away.
  ids: [
    'wsu:Id="%s"',
    'wsu:Id="new"',
    'none',
    'Id="%s"',
    'ID="%s"',
    'id="%s"',
    'xml:id="%s"',
    'xmlns:f="urn:f" f:Id="%s"',
  ],
  wrappers: Object.keys(WRAPPERS),
  prefixes: ['as signed', 'other prefix', 'default namespace', 'other namespace'],
  payloads: ['forged', 'same', 'absent'],
};

/** One place in a message: a child position of the node with this number in document order. */
export interface Position {
  readonly node: number;
  readonly at: number;
}

/** Every position in a message where an element can stand. */
export function positions(root: WireNode): Position[] {
  return allNodes(root).flatMap((node, index) =>
    Array.from({ length: node.content.length + 1 }, (_, at) => ({ node: index, at })),
  );
}

export interface Variant {
  readonly id: string;
  readonly wrapper: string;
  readonly prefix: PrefixGame;
  readonly payload: 'forged' | 'same' | 'absent';
}

export function variants({ ids, wrappers, prefixes, payloads }: VariantChoices): Variant[] {
  const all: Variant[] = [];
  for (const payload of payloads) {
    for (const wrapper of wrappers) {
      // Where nothing is left in place there is no id and no prefix to choose.
      if (payload === 'absent') all.push({ id: 'none', wrapper, prefix: 'as signed', payload });
      else for (const id of ids) for (const prefix of prefixes) all.push({ id, wrapper, prefix, payload });
    }
  }
  return all;
}

/** Puts a forged element in the place of a signed part; returns the signed one, able to stand anywhere. */
export function forge(root: WireNode, part: WireNode, { id, prefix, payload }: Variant): WireNode {
  const genuine = /Id="([^"]*)"/.exec(part.attributes)?.[1] ?? '';
  const parent = allNodes(root).find((node) => node.content.includes(part))!;
  const forged = makeMovable(root, part, copyTree(part));
  const signed = makeMovable(root, part, copyTree(part));
  changeId(forged, id === 'none' ? '' : id.replace('%s', genuine));
  if (payload === 'forged') forgeText(forged, 'urn:forged');
  play(forged, prefix);
  parent.content.splice(parent.content.indexOf(part), 1, ...(payload === 'absent' ? [] : [forged]));
  return signed;
}

/** Writes the name of an element in another way, which may or may not mean the same. */
function play(node: WireNode, game: PrefixGame): void {
  const [prefix = '', local = ''] = node.name.split(':');
  const uri = new RegExp(` xmlns:${prefix}="([^"]*)"`).exec(node.attributes)?.[1] ?? '';
  if (game === 'other prefix') {
    node.name = `zz:${local}`;
    node.attributes += ` xmlns:zz="${uri}"`;
  } else if (game === 'default namespace') {
    node.name = local;
    node.attributes = `${node.attributes.replace(/ xmlns="[^"]*"/, '')} xmlns="${uri}"`;
  } else if (game === 'other namespace') {
    node.name = `zz:${local}`;
    node.attributes += ' xmlns:zz="urn:zz"';
  }
}

/** The message with one element more, in a wrapper or not. */
export function insert(root: WireNode, { node, at }: Position, moved: WireNode, wrapper: string): string {
  const { content } = allNodes(root)[node]!;
  content.splice(at, 0, WRAPPERS[wrapper]!(moved));
  const text = writeTree(root);
  content.splice(at, 1);
  return text;
}
