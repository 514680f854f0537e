import { describeAttacks, NOT_SIGNED, onTree, POLICY, timed, type Attack } from '../test-support/attacks.js';
import { XMLNS_DS } from '../test-support/namespaces.js';
import type { Sample } from '../test-support/samples.js';
import {
  allNodes,
  element,
  findNode,
  forgeText,
  idOf,
  localName,
  movableCopy,
  parentOf,
  replaceNode,
  type WireNode,
} from '../test-support/wire-tree.js';

const remove = (local: string): Attack['change'] => onTree((root) => replaceNode(root, findNode(root, local)));

/** The Reference of a part, or of none, left as the only ones. */
function onlyReferences(keep: (part: string) => boolean): Attack['change'] {
  return onTree((root) => {
    const info = findNode(root, 'SignedInfo');
    info.content = info.content.filter((node) => {
      if (typeof node === 'string' || localName(node) !== 'Reference') return true;
      const id = /URI="#([^"]*)"/.exec(node.attributes)?.[1];
      return keep(localName(allNodes(root).find((one) => id !== undefined && idOf(one) === id)!));
    });
  });
}

/** Peers of headers-only need not sign the Body. */
const bodyMayBeUnsigned = (sample: Sample): string => (timed(sample) ? POLICY : 'accepted');

const excluded: readonly Attack[] = [
  { title: 'W15 no Signature', change: remove('Signature'), code: NOT_SIGNED },
  {
    title: 'W15 an empty Security header',
    change: onTree((root) => void (findNode(root, 'Security').content = [])),
    code: NOT_SIGNED,
  },
  { title: 'W15 no Security header', change: remove('Security'), code: NOT_SIGNED },
  { title: 'W15 no Header', change: remove('Header'), code: NOT_SIGNED },
  {
    title: 'W15 an empty Header',
    change: onTree((root) => void (findNode(root, 'Header').content = [])),
    code: NOT_SIGNED,
  },
  {
    title: 'W15 an empty Signature',
    change: onTree((root) => void (findNode(root, 'Signature').content = [])),
    code: POLICY,
    signable: false,
  },
  { title: 'W15 no Reference', change: onlyReferences(() => false), code: POLICY },
  {
    title: 'W15 a reference to only the Timestamp',
    on: timed,
    change: onlyReferences((part) => part === 'Timestamp'),
    code: POLICY,
  },
  { title: 'W15 a reference to only the Body', change: onlyReferences((part) => part === 'Body'), code: POLICY },
  { title: 'W15 a reference to only Action', change: onlyReferences((part) => part === 'Action'), code: POLICY },
  {
    title: 'W15 the Body unsigned',
    change: onlyReferences((part) => part !== 'Body'),
    code: (sample) => (timed(sample) ? POLICY : 'Wire.SignatureInvalid'),
    signedAgain: bodyMayBeUnsigned,
  },
  ...['To', 'Action', 'MessageID', 'RelatesTo', 'From', 'Timestamp'].map((name): Attack => ({
    title: `W15 ${name} unsigned`,
    on: (sample) => sample.parts.includes(name),
    change: onlyReferences((part) => part !== name),
    code: POLICY,
  })),
  {
    title: 'W15 no SignedInfo',
    change: onTree((root) => void (findNode(root, 'SignedInfo').name = 'ds:Object')),
    code: POLICY,
    signable: false,
  },
  { title: 'W15 no SignatureValue', change: remove('SignatureValue'), code: POLICY },
  {
    title: 'W15 an empty SignatureValue',
    change: onTree((root) => void (findNode(root, 'SignatureValue').content = [])),
    code: POLICY,
    signedAgain: 'accepted',
  },
  { title: 'W15 no KeyInfo', change: remove('KeyInfo'), code: POLICY },
  { title: 'W15 no token', change: remove('BinarySecurityToken'), code: POLICY },
];

const decoy = (...content: WireNode[]): WireNode => element('ds:Signature', XMLNS_DS, ...content);

/** A Signature good for one part only, as far as its SignedInfo goes. */
function forOnePart(root: WireNode): WireNode {
  const signature = movableCopy(root, findNode(root, 'Signature'));
  const info = findNode(signature, 'SignedInfo');
  info.content = info.content.slice(0, 3);
  return signature;
}

const places: readonly (readonly [string, (root: WireNode, made: WireNode) => void])[] = [
  [
    'in front of the real one',
    (root, made) => replaceNode(root, findNode(root, 'Signature'), made, findNode(root, 'Signature')),
  ],
  ['behind the real one', (root, made) => void findNode(root, 'Security').content.push(made)],
  ['first in Security', (root, made) => void findNode(root, 'Security').content.unshift(made)],
  ['in Header', (root, made) => void findNode(root, 'Header').content.unshift(made)],
  ['in Envelope', (root, made) => void root.content.unshift(made)],
  ['in KeyInfo', (root, made) => void findNode(root, 'KeyInfo').content.push(made)],
  ['in the token', (root, made) => void findNode(root, 'BinarySecurityToken').content.push(made)],
  ['in Body', (root, made) => void findNode(root, 'Body').content.push(made)],
  ['in Action', (root, made) => void findNode(root, 'Action').content.push(made)],
];

const decoys: readonly Attack[] = places.flatMap(([where, place]): Attack[] => [
  { title: `W16 an empty Signature ${where}`, change: onTree((root) => place(root, decoy())), code: POLICY },
  {
    title: `W16 a copy of the Signature ${where}`,
    change: onTree((root) => place(root, movableCopy(root, findNode(root, 'Signature')))),
    code: POLICY,
  },
  {
    title: `W16 a Signature for another part ${where}, the Body forged`,
    change: onTree((root) => {
      forgeText(findNode(root, 'Body'));
      place(root, forOnePart(root));
    }),
    code: POLICY,
  },
]);

const nested: readonly Attack[] = [
  {
    title: 'W16 the real Signature within an empty one',
    change: onTree((root) => {
      const real = findNode(root, 'Signature');
      const { content } = parentOf(root, real);
      content[content.indexOf(real)] = decoy(real);
    }),
    code: POLICY,
  },
  {
    title: 'W16 a Signature as the payload',
    change: onTree((root) => void (findNode(root, 'Body').content = [movableCopy(root, findNode(root, 'Signature'))])),
    code: POLICY,
  },
];

describeAttacks('signatures that are missing or not the one', [...excluded, ...decoys, ...nested]);
