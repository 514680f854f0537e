import { describeAttacks, onTree, POLICY, timed, type Attack } from '../test-support/attacks.js';
import { XMLNS_WSU } from '../test-support/namespaces.js';
import {
  changeId,
  copyTree,
  element,
  findNode,
  forgeText,
  makeMovable,
  replaceNode,
  setText,
  type WireNode,
} from '../test-support/wire-tree.js';

type Place = (root: WireNode, signed: WireNode, fresh: WireNode) => void;

/** A fresh Timestamp where it belongs, with the id written so, and the signed old one where `place` puts it. */
function refresh(freshId: string, place: Place): (root: WireNode) => void {
  return (root) => {
    const fresh = findNode(root, 'Timestamp');
    const signed = copyTree(makeMovable(root, fresh));
    changeId(fresh, freshId);
    setText(findNode(fresh, 'Expires'), '2026-11-22T13:05:00.000Z');
    place(root, signed, fresh);
  };
}

const inside =
  (local: string): Place =>
  (root, signed) =>
    void findNode(root, local).content.push(signed);
const inWrapper: Place = (root, signed) =>
  void findNode(root, 'Header').content.unshift(element('w', 'xmlns="urn:w"', signed));

const old = 'W12 the old signed Timestamp';
const cases: readonly (readonly [string, string, Place])[] = [
  [`${old} in a header, a fresh one with a new Id`, 'wsu:Id="new"', inWrapper],
  [`${old} in a header, a fresh one without Id`, '', inWrapper],
  [`${old} in a header, a fresh one with its Id`, 'wsu:Id="id-Timestamp"', inWrapper],
  [`${old} in a header, a fresh one with plain Id`, 'Id="id-Timestamp"', inWrapper],
  [`${old} in Header`, 'wsu:Id="new"', inside('Header')],
  [`${old} behind the fresh one`, 'wsu:Id="new"', (root, signed, fresh) => replaceNode(root, fresh, fresh, signed)],
  [`${old} in front of the fresh one`, '', (root, signed, fresh) => replaceNode(root, fresh, signed, fresh)],
  [`${old} in the fresh one`, 'wsu:Id="new"', (_root, signed, fresh) => void fresh.content.push(signed)],
  [
    `${old} in its Created`,
    'wsu:Id="new"',
    (_root, signed, fresh) => void findNode(fresh, 'Created').content.push(signed),
  ],
  [`${old} in Signature`, '', inside('Signature')],
  [
    `${old} in ds:Object`,
    '',
    (root, signed) => void findNode(root, 'Signature').content.push(element('ds:Object', '', signed)),
  ],
  [`${old} in KeyInfo`, '', inside('KeyInfo')],
  [`${old} in the token`, '', inside('BinarySecurityToken')],
  [`${old} in Body`, '', inside('Body')],
  [`${old} in the operation`, '', inside('userId')],
  [`${old} in Envelope`, '', inside('Envelope')],
];
const attacks = cases.map(([title, id, place]): Attack => ({
  title,
  on: timed,
  change: onTree(refresh(id, place)),
  code: POLICY,
}));

const more: readonly Attack[] = [
  {
    title: 'W12 with W01: Timestamp and Body wrapped, both forged',
    on: timed,
    change: onTree((root) => {
      refresh('wsu:Id="new"', inWrapper)(root);
      const body = makeMovable(root, findNode(root, 'Body'));
      inWrapper(root, copyTree(body), body);
      changeId(forgeText(body), 'wsu:Id="new-body"');
    }),
    code: POLICY,
  },
  ...['Security', 'Header'].map((local): Attack => ({
    title: `W12 an unsigned Timestamp in ${local} where the profile has none`,
    on: (sample) => !timed(sample),
    change: onTree((root) => {
      const times = ['Created', 'Expires'].map((name, hour) =>
        element(`wsu:${name}`, '', `2026-11-22T1${hour + 2}:00:00.000Z`),
      );
      findNode(root, local).content.push(element('wsu:Timestamp', XMLNS_WSU, ...times));
    }),
    code: POLICY,
  })),
  {
    title: 'W12 a signed Timestamp where the profile has none',
    on: (sample) => !timed(sample),
    change: onTree((root) => {
      const times = ['Created', 'Expires'].map((name, hour) =>
        element(`wsu:${name}`, '', `2026-11-22T1${hour + 2}:00:00.000Z`),
      );
      findNode(root, 'Security').content.push(element('wsu:Timestamp', `${XMLNS_WSU} wsu:Id="id-Timestamp"`, ...times));
      const reference = copyTree(findNode(root, 'Reference'));
      reference.attributes = ' URI="#id-Timestamp"';
      findNode(root, 'SignedInfo').content.push(reference);
    }),
    code: POLICY,
  },
  {
    title: 'W12 Expires moved later',
    on: timed,
    change: onTree((root) => setText(findNode(root, 'Expires'), '2026-11-22T13:05:00.000Z')),
    code: 'Wire.SignatureInvalid',
  },
  {
    title: 'W12 the Timestamp taken away',
    on: timed,
    change: onTree((root) => replaceNode(root, findNode(root, 'Timestamp'))),
    code: POLICY,
  },
];

describeAttacks('Timestamps that are moved', [...attacks, ...more]);
