import { describeAttacks, isRequest, NOT_SIGNED, onTree, POLICY, timed, type Attack } from '../test-support/attacks.js';
import { XMLNS_SOAP, XMLNS_WSA, XMLNS_WSSE, XMLNS_WSU } from '../test-support/namespaces.js';
import type { Sample } from '../test-support/samples.js';
import {
  changeId,
  copyTree,
  detach,
  element,
  findNode,
  forgeText,
  idOf,
  localName,
  makeMovable,
  type WireNode,
} from '../test-support/wire-tree.js';

const isReply = (sample: Sample): boolean => !isRequest(sample);
const signedHeaders = ['To', 'Action', 'MessageID', 'From', 'RelatesTo'] as const;
const has = (local: string) => (sample: Sample) => sample.parts.includes(local);

/** A header that the signature covers, moved by `place`, with nothing in its stead. */
function move(local: string, place: (root: WireNode, signed: WireNode) => void): Attack['change'] {
  return onTree((root) => {
    const node = makeMovable(root, findNode(root, local));
    detach(root, node);
    place(root, node);
  });
}

const inHeader = (root: WireNode, node: WireNode): void =>
  void findNode(root, 'Header').content.unshift(element('w', 'xmlns="urn:w"', node));

// From may be missing from a reply, and RelatesTo is what ties the reply to its request.
const optionalContext: readonly Attack[] = ['From', 'RelatesTo'].flatMap((local): Attack[] => [
  { title: `W10 ${local} moved into another header`, on: has(local), change: move(local, inHeader), code: POLICY },
  {
    title: `W10 ${local} moved into Security`,
    on: has(local),
    change: move(local, (root, node) => void findNode(root, 'Security').content.push(node)),
    code: POLICY,
  },
  {
    title: `W10 ${local} moved into the Body`,
    on: has(local),
    change: move(local, (root, node) => void findNode(root, 'Body').content.push(node)),
    code: POLICY,
  },
  { title: `W10 ${local} taken away`, on: has(local), change: move(local, () => undefined), code: POLICY },
  {
    title: `W10 ${local} renamed to what nobody knows`,
    on: has(local),
    change: onTree((root) => void (findNode(root, local).name = 'wsa:Other')),
    code: POLICY,
  },
]);

const replaced: readonly Attack[] = signedHeaders.flatMap((local): Attack[] => {
  const wrapping = (written: (id: string) => string): Attack['change'] =>
    onTree((root) => {
      const node = findNode(root, local);
      const signed = makeMovable(root, copyTree(node));
      signed.attributes = `${XMLNS_WSA.replace(/^/, ' ')}${node.attributes}`;
      inHeader(root, signed);
      changeId(forgeText(node, 'urn:forged'), written(idOf(signed) ?? ''));
    });
  const twice = (signedFirst: boolean): Attack['change'] =>
    onTree((root) => {
      const header = findNode(root, 'Header');
      const node = findNode(root, local);
      const forged = forgeText(copyTree(node), 'urn:forged');
      changeId(forged, '');
      header.content.splice(header.content.indexOf(node) + (signedFirst ? 1 : 0), 0, forged);
    });
  return [
    { title: `W13 signed ${local} wrapped, forged one without Id`, change: wrapping(() => '') },
    { title: `W13 signed ${local} wrapped, forged one with a new Id`, change: wrapping(() => 'wsu:Id="new"') },
    { title: `W13 signed ${local} wrapped, forged one with its Id`, change: wrapping((id) => `wsu:Id="${id}"`) },
    { title: `W13 signed ${local} wrapped, forged one with plain Id`, change: wrapping((id) => `Id="${id}"`) },
    { title: `W13 two ${local}, the forged one first`, change: twice(false) },
    { title: `W13 two ${local}, the forged one second`, change: twice(true) },
  ].map((attack) => ({ ...attack, on: has(local), code: POLICY }));
});

const exchanged: readonly Attack[] = [
  {
    title: 'W13 Action and MessageID exchange their names',
    change: onTree((root) => {
      const [action, messageId] = [findNode(root, 'Action'), findNode(root, 'MessageID')];
      [action.name, messageId.name] = [messageId.name, action.name];
    }),
    code: 'Wire.SignatureInvalid',
  },
  {
    title: 'W13 Action and MessageID exchange their ids',
    change: onTree((root) => {
      const [action, messageId] = [findNode(root, 'Action'), findNode(root, 'MessageID')];
      [action.attributes, messageId.attributes] = [messageId.attributes, action.attributes];
    }),
    code: 'Wire.SignatureInvalid',
  },
  {
    title: 'W13 Action in another WS-Addressing namespace',
    change: onTree(
      (root) =>
        void findNode(root, 'Header').content.unshift(
          element('a:Action', 'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"', 'urn:forged'),
        ),
    ),
    code: POLICY,
  },
  {
    title: 'W13 headers in another order say the same',
    change: onTree((root) => {
      const header = findNode(root, 'Header');
      header.content.reverse();
    }),
    code: 'accepted',
  },
];

const elsewhere: readonly Attack[] = ['ReplyTo', 'FaultTo'].flatMap((name): Attack[] =>
  ['http://169.254.169.254/', 'http://www.w3.org/2005/08/addressing/anonymous'].flatMap((address): Attack[] => [
    {
      title: `W14 ${name} ${address}`,
      change: onTree((root) => void findNode(root, 'Header').content.unshift(holder(name, address, ''))),
      code: POLICY,
    },
    {
      title: `W14 ${name} ${address}, with a reference of its own`,
      change: onTree((root) => {
        findNode(root, 'Header').content.unshift(holder(name, address, ` ${XMLNS_WSU} wsu:Id="id-${name}"`));
        const info = findNode(root, 'SignedInfo');
        const reference = copyTree(findNode(root, 'Reference'));
        reference.attributes = ` URI="#id-${name}"`;
        info.content.push(reference);
      }),
      code: POLICY,
    },
  ]),
);

function holder(name: string, address: string, attributes: string): WireNode {
  return element(`wsa:${name}`, `${XMLNS_WSA}${attributes}`, element('wsa:Address', '', address));
}

const security: readonly Attack[] = [
  ...['', ' soapenv:actor="urn:x"', ' soapenv:role="urn:x"', ' soapenv:mustUnderstand="0"'].flatMap((attributes) =>
    ([0, 1] as const).map((at): Attack => ({
      title: `W11 a second Security header${attributes}, ${at === 0 ? 'in front' : 'behind'}`,
      change: onTree((root) => {
        const header = findNode(root, 'Header');
        const second = element('wsse:Security', `${XMLNS_SOAP} ${XMLNS_WSSE}${attributes}`);
        header.content.splice(at === 0 ? 0 : header.content.length, 0, second);
      }),
      code: POLICY,
    })),
  ),
  {
    title: 'W11 the genuine Security header given to another actor, and an empty one in its place',
    change: onTree((root) => {
      const security = findNode(root, 'Security');
      security.attributes = security.attributes.replace(/ soapenv:mustUnderstand="1"/, ' soapenv:actor="urn:x"');
      findNode(root, 'Header').content.push(element('wsse:Security', XMLNS_WSSE));
    }),
    code: POLICY,
  },
  ...['actor="urn:x"', 'soapenv:actor="urn:x"', 'xmlns:s="http://www.w3.org/2003/05/soap-envelope" s:role="urn:x"'].map(
    (attribute): Attack => ({
      title: `W11 Security with ${attribute.replace(/^.* /, '')}`,
      change: onTree((root) => void (findNode(root, 'Security').attributes += ` ${attribute}`)),
      code: POLICY,
    }),
  ),
  {
    title: 'W11 Security of another namespace',
    change: (text) => text.replace(XMLNS_WSSE, 'xmlns:wsse="urn:wsse"'),
    code: POLICY,
  },
  {
    title: 'W11 Security in the Body',
    change: move('Security', (root, node) => void findNode(root, 'Body').content.push(node)),
    code: NOT_SIGNED,
  },
  ...['Header', 'Envelope', 'Body', 'Signature', 'BinarySecurityToken', 'Action'].map((local): Attack => ({
    title: `W11 the Timestamp moved into ${local}`,
    on: timed,
    change: move('Timestamp', (root, node) => void findNode(root, local).content.push(node)),
    code: POLICY,
  })),
  {
    title: 'W11 the elements of Security in another order say the same',
    change: onTree((root) => void findNode(root, 'Security').content.reverse()),
    code: 'accepted',
  },
  {
    title: 'W11 mustUnderstand left out says the same',
    change: (text) => text.replace(' soapenv:mustUnderstand="1"', ''),
    code: 'accepted',
  },
];

describeAttacks('headers', [
  ...optionalContext,
  ...security,
  ...replaced,
  ...exchanged,
  ...elsewhere,
  {
    title: 'W13 an Action that nothing signs, in front of the Envelope in Header order',
    on: isReply,
    change: onTree((root) => {
      const header = findNode(root, 'Header');
      header.content = header.content.filter((part) => typeof part !== 'string' && localName(part) !== 'Action');
    }),
    code: POLICY,
  },
]);
