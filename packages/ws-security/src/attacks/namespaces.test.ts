import {
  ALGORITHM,
  describeAttacks,
  INVALID,
  MALFORMED,
  onTree,
  POLICY,
  timed,
  type Attack,
} from '../test-support/attacks.js';
import { XMLNS_SOAP, XMLNS_WSU } from '../test-support/namespaces.js';
import {
  allNodes,
  element,
  findNode,
  localName,
  movableCopy,
  setText,
  type WireNode,
} from '../test-support/wire-tree.js';

const EUCALYPTUS = 'xmlns:n="http://eucalyptus.ucsb.edu/"';

/** Renames a prefix in names, and what declares it, within one element. */
function rename(root: WireNode, from: string, to: string, uri: string): void {
  for (const node of allNodes(root)) node.name = node.name.replace(new RegExp(`^${from}:`), to === '' ? '' : `${to}:`);
  root.attributes = ` xmlns${to === '' ? '' : ':'}${to}="${uri}"${root.attributes}`;
}

const payload = (root: WireNode): WireNode => findNode(root, 'Body').content[0] as WireNode;
const add = (local: string, attribute: string): Attack['change'] =>
  onTree((root) => void (findNode(root, local).attributes += ` ${attribute}`));

const injection: readonly Attack[] = [
  {
    title: 'W23 the prefix of the payload declared for another namespace in the payload',
    change: (text) => text.replace(EUCALYPTUS, 'xmlns:n="urn:other"'),
    code: INVALID,
  },
  {
    title: 'W23 the prefix of the payload declared otherwise within it',
    change: onTree((root) => void (findNode(root, 'userId').attributes += ' xmlns:n="urn:other"')),
    code: INVALID,
  },
  {
    title: 'W23 a prefix in use declared otherwise between Envelope and the signed part',
    change: add('Header', 'xmlns:soapenv="urn:other"'),
    code: POLICY,
    signedAgain: POLICY,
  },
  {
    title: 'W23 the prefix wsa declared otherwise on a signed header',
    change: onTree((root) => void (findNode(root, 'Action').attributes += ' xmlns:wsa="urn:other"')),
    code: POLICY,
  },
  {
    title: 'W23 another prefix for the namespace of Body',
    change: onTree((root) => {
      const body = findNode(root, 'Body');
      body.name = 's:Body';
      body.attributes += ' xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"';
    }),
    code: INVALID,
  },
  {
    title: 'W23 another prefix for the payload',
    change: onTree((root) => rename(payload(root), 'n', 'm', 'http://eucalyptus.ucsb.edu/')),
    code: INVALID,
  },
  {
    title: 'W23 the default namespace for the payload',
    change: onTree((root) => rename(payload(root), 'n', '', 'http://eucalyptus.ucsb.edu/')),
    code: INVALID,
  },
  {
    title: 'W23 the payload in no namespace under its local name',
    change: onTree((root) => void (payload(root).name = localName(payload(root)))),
    code: INVALID,
  },
  {
    title: 'W23 a child of the payload in another namespace under its local name',
    change: onTree((root) => rename(findNode(root, 'userId'), 'n', '', 'urn:other')),
    code: INVALID,
  },
  {
    title: 'W23 Envelope of SOAP 1.2',
    change: (text) =>
      text.replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'),
    code: POLICY,
  },
  {
    title: 'W23 a Body of SOAP 1.2 within an Envelope of SOAP 1.1',
    change: onTree(
      (root) => void (findNode(root, 'Body').attributes += ' xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"'),
    ),
    code: POLICY,
  },
  {
    title: 'W23 unused declarations on Envelope say nothing',
    change: onTree((root) => void (root.attributes += ' xmlns="urn:default" xmlns:n="urn:n" xmlns:x="urn:x"')),
    code: 'accepted',
  },
  {
    title: 'W23 unused declarations within the signed parts say nothing',
    change: onTree((root) => {
      for (const local of ['Body', 'Action', 'SignedInfo']) findNode(root, local).attributes += ' xmlns:x="urn:x"';
    }),
    code: 'accepted',
  },
  {
    title: 'W23 the prefixes of everything that is not signed changed says the same',
    change: onTree((root) => {
      const security = findNode(root, 'Security');
      const uri = /xmlns:wsse="([^"]*)"/.exec(security.attributes)?.[1] ?? '';
      rename(security, 'wsse', 'x', uri);
    }),
    code: 'accepted',
  },
];

const xmlAttributes: readonly Attack[] = [
  'xml:lang="en"',
  'xml:base="http://x/"',
  'xml:space="preserve"',
  'xml:id="x"',
].flatMap((attribute): Attack[] =>
  ['Envelope', 'Header', 'Security', 'Body', 'Action'].map((local) => ({
    title: `W23 ${attribute} on ${local}`,
    change: add(local, attribute),
    code: POLICY,
  })),
);

const voidCanonical: readonly Attack[] = [
  ...['1', 'relative', './x', '//host/x', '?x', '#x', ' '].flatMap((uri): Attack[] =>
    ['Envelope', 'Body', 'SignedInfo'].map((local) => ({
      title: `W24 the relative namespace name "${uri}" on ${local}`,
      change: onTree(
        (root) => void (findNode(root, local).attributes = ` xmlns:v="${uri}"${findNode(root, local).attributes}`),
      ),
      code: MALFORMED,
    })),
  ),
  {
    title: 'W24 a relative namespace name in use within the Body, digest of nothing',
    change: onTree((root) => {
      payload(root).content.push(element('v:x', 'xmlns:v="1"'));
      setText(findNode(root, 'DigestValue'), '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    }),
    code: MALFORMED,
  },
  ...[
    'xmlns:v=""',
    'xmlns:xml="urn:x"',
    'xmlns:xmlns="urn:x"',
    'xmlns:v="http://www.w3.org/2000/xmlns/"',
    'xmlns:v="http://www.w3.org/XML/1998/namespace"',
  ].map((declaration): Attack => ({
    title: `W24 ${declaration}`,
    change: onTree((root) => void (root.attributes += ` ${declaration}`)),
    code: MALFORMED,
  })),
  { title: 'W24 an undeclared prefix', change: onTree((root) => void (payload(root).name = 'v:x')), code: MALFORMED },
  {
    title: 'W24 a prefix declared twice',
    change: onTree((root) => void (root.attributes += ' xmlns:v="urn:a" xmlns:v="urn:b"')),
    code: MALFORMED,
  },
  {
    title: 'W24 an entity in a namespace name',
    change: onTree((root) => void (root.attributes += ' xmlns:v="&x;"')),
    code: MALFORMED,
  },
  {
    title: 'W24 one attribute under two prefixes of one namespace',
    change: onTree(
      (root) => void (findNode(root, 'userId').attributes += ' xmlns:p="urn:p" xmlns:q="urn:p" p:k="1" q:k="2"'),
    ),
    code: MALFORMED,
  },
];

/** The attribute that a reader by local name alone could take for the real one. */
const pollution: readonly Attack[] = [
  ...[
    ['Reference', 'URI="#id-Token"'],
    ['SignatureMethod', 'Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"'],
    ['DigestMethod', 'Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"'],
    ['Transform', 'Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"'],
    ['BinarySecurityToken', 'ValueType="urn:x"'],
    ['Security', 'mustUnderstand="0"'],
    ['Body', 'Id="id-Action"'],
  ].flatMap(([local, attribute]): Attack[] =>
    (['before', 'after'] as const).map((where) => ({
      title: `W24 a second ${attribute!.split('=')[0]} on ${local}, of another namespace, ${where} the real one`,
      change: onTree((root) => {
        const node = findNode(root, local!);
        const polluted = ` xmlns:v="urn:v" v:${attribute}`;
        node.attributes = where === 'before' ? polluted + node.attributes : node.attributes + polluted;
      }),
      code: POLICY,
    })),
  ),
  ...['Id="id-Body"', 'Id="other"', 'ID="other"', 'xml:id="other"', 'xmlns:v="urn:v" v:Id="other"'].map(
    (attribute): Attack => ({
      title: `W24 ${attribute} beside the wsu:Id of Body`,
      change: add('Body', attribute),
      code: POLICY,
    }),
  ),
];

/** The Fragile Lock: two readers disagree on which Signature or Timestamp is meant. */
const confusion: readonly Attack[] = [
  ...(['Signature', 'SignedInfo', 'Timestamp', 'Body', 'Action'] as const).flatMap((local): Attack[] =>
    (['urn:other', ''] as const).map((uri) => ({
      title: `W24 a second ${local} in ${uri === '' ? 'no namespace' : 'another namespace'}`,
      on: (sample) => local !== 'Timestamp' || timed(sample),
      change: onTree((root) => {
        const genuine = findNode(root, local);
        const copy = movableCopy(root, genuine);
        copy.name = uri === '' ? local : `v:${local}`;
        copy.attributes = uri === '' ? '' : ' xmlns:v="urn:other"';
        copy.content = ['x'];
        const parent = allNodes(root).find((node) => node.content.includes(genuine))!;
        parent.content.unshift(copy);
      }),
      code: POLICY,
    })),
  ),
  {
    title: 'W24 attributes that look like declarations',
    change: onTree((root) => void (root.attributes += ' xmlns:v="urn:v" v:xmlns="urn:x"')),
    code: POLICY,
  },
  {
    title: 'W24 a second wsu:Id by another prefix of the same namespace',
    change: onTree(
      (root) =>
        void (findNode(root, 'Body').attributes += ` ${XMLNS_WSU.replace('xmlns:wsu', 'xmlns:u')} u:Id="other"`),
    ),
    code: MALFORMED,
  },
  {
    title: 'W24 SOAP in the upper case of its namespace',
    change: (text) => text.replace(XMLNS_SOAP, XMLNS_SOAP.toUpperCase().replace('XMLNS:SOAPENV', 'xmlns:soapenv')),
    code: POLICY,
  },
];

const algorithmsByNamespace: readonly Attack[] = [
  {
    title: 'W23 a PrefixList of every prefix',
    change: onTree((root) => {
      const list = element(
        'ec:InclusiveNamespaces',
        'xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="soapenv wsa wsu n"',
      );
      for (const node of allNodes(root)) if (localName(node) === 'Transform') node.content.push(list);
    }),
    code: ALGORITHM,
  },
];

describeAttacks('namespaces', [
  ...injection,
  ...xmlAttributes,
  ...voidCanonical,
  ...pollution,
  ...confusion,
  ...algorithmsByNamespace,
]);
