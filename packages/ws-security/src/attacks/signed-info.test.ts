import { describeAttacks, INVALID, MALFORMED, onTree, POLICY, type Attack } from '../test-support/attacks.js';
import { XMLNS_DS } from '../test-support/namespaces.js';
import {
  allNodes,
  copyTree,
  element,
  findNode,
  forgeText,
  localName,
  movableCopy,
  replaceNode,
  setText,
  textOf,
  type WireNode,
} from '../test-support/wire-tree.js';

/** The Reference of the Body. */
function bodyReference(root: WireNode): WireNode {
  const found = allNodes(root).find(
    (node) => localName(node) === 'Reference' && / URI="#[^"]*Body"/.test(node.attributes),
  );
  if (found === undefined) throw new Error('the Body has no Reference');
  return found;
}

const digestOf = (root: WireNode): WireNode => findNode(bodyReference(root), 'DigestValue');

/** A second SignedInfo over a forged Body; the genuine one stays for whoever looks for it. */
function twoSignedInfo(order: 'genuine first' | 'forged first'): Attack['change'] {
  return onTree((root) => {
    const genuine = findNode(root, 'SignedInfo');
    const forged = copyTree(genuine);
    forgeText(findNode(root, 'Body'));
    setText(findNode(forged, 'DigestValue'), 'AAAA');
    replaceNode(root, genuine, ...(order === 'genuine first' ? [genuine, forged] : [forged, genuine]));
  });
}

const digestInWrongPlace = (place: (root: WireNode, value: WireNode) => void): Attack['change'] =>
  onTree((root) => {
    const value = digestOf(root);
    const genuine = copyTree(value);
    forgeText(findNode(root, 'Body'));
    setText(value, 'AAAA');
    place(root, genuine);
  });

const signedInfo: readonly Attack[] = [
  { title: 'W17 two SignedInfo, the genuine one first', change: twoSignedInfo('genuine first'), code: POLICY },
  { title: 'W17 two SignedInfo, the forged one first', change: twoSignedInfo('forged first'), code: POLICY },
  {
    title: 'W17 the genuine SignedInfo in ds:Object',
    change: onTree((root) => {
      const genuine = movableCopy(root, findNode(root, 'SignedInfo'));
      setText(digestOf(root), 'AAAA');
      findNode(root, 'Signature').content.push(element('ds:Object', '', genuine));
    }),
    code: POLICY,
  },
  {
    title: 'W17 a SignedInfo of another namespace in front',
    change: onTree(
      (root) => void findNode(root, 'Signature').content.unshift(element('x:SignedInfo', 'xmlns:x="urn:x"')),
    ),
    code: POLICY,
  },
  {
    title: 'W17 two SignatureValue',
    change: onTree((root) => void findNode(root, 'Signature').content.push(element('ds:SignatureValue', '', 'AAAA'))),
    code: POLICY,
  },
  {
    title: 'W17 two KeyInfo',
    change: onTree(
      (root) => void findNode(root, 'Signature').content.push(movableCopy(root, findNode(root, 'KeyInfo'))),
    ),
    code: POLICY,
  },
  {
    title: 'W17 SignatureValue in front of SignedInfo',
    change: onTree((root) => void findNode(root, 'Signature').content.reverse()),
    code: POLICY,
  },
  {
    title: 'W17 text in Signature',
    change: onTree((root) => void findNode(root, 'Signature').content.push('x')),
    code: POLICY,
  },
  {
    title: 'W17 text in SignedInfo',
    change: onTree((root) => void findNode(root, 'SignedInfo').content.push('x')),
    code: POLICY,
  },
  {
    title: 'W17 an Id for SignedInfo',
    change: onTree((root) => void (findNode(root, 'SignedInfo').attributes += ' Id="x"')),
    code: POLICY,
  },
];

const digests: readonly Attack[] = [
  ...['<!-- x -->', '<!--', '<?x y?>'].map((written): Attack => ({
    title: `W17 ${written} within DigestValue`,
    change: onTree((root) => void digestOf(root).content.push(written)),
    code: MALFORMED,
  })),
  {
    title: 'W17 a forged digest, a comment, then the genuine one',
    change: onTree((root) => void digestOf(root).content.unshift('AAAA<!---->')),
    code: MALFORMED,
  },
  {
    title: 'W17 an element in DigestValue',
    change: onTree((root) => void digestOf(root).content.push(element('x'))),
    code: POLICY,
  },
  {
    title: 'W17 the genuine digest in an element within DigestValue',
    change: digestInWrongPlace((root, value) => void digestOf(root).content.push(value)),
    code: POLICY,
  },
  {
    title: 'W17 two DigestValue, the genuine one first',
    change: digestInWrongPlace((root, value) => void replaceNode(root, digestOf(root), value, digestOf(root))),
    code: POLICY,
  },
  {
    title: 'W17 two DigestValue, the genuine one second',
    change: digestInWrongPlace((root, value) => void bodyReference(root).content.push(value)),
    code: POLICY,
  },
  ...['Transforms', 'Transform', 'DigestMethod', 'SignedInfo', 'Signature', 'KeyInfo', 'Security', 'Body'].map(
    (local): Attack => ({
      title: `W17 the genuine DigestValue in ${local}`,
      change: digestInWrongPlace(
        (root, value) =>
          void (
            local === 'Body' || local === 'Security' || local === 'Signature' || local === 'KeyInfo'
              ? findNode(root, local)
              : findNode(local === 'SignedInfo' ? root : bodyReference(root), local)
          ).content.push({ ...value, attributes: ` ${XMLNS_DS}` }),
      ),
      code: /Transform$|DigestMethod/.test(local) ? 'Wire.AlgorithmRefused' : POLICY,
    }),
  ),
  {
    title: 'W17 DigestValue of another namespace',
    change: onTree((root) => {
      const value = digestOf(root);
      value.name = 'x:DigestValue';
      value.attributes = ' xmlns:x="urn:x"';
    }),
    code: POLICY,
  },
  {
    title: 'W17 an empty DigestValue',
    change: onTree((root) => void (digestOf(root).content = [])),
    code: POLICY,
    signedAgain: 'accepted',
  },
  { title: 'W17 another digest', change: onTree((root) => setText(digestOf(root), 'AAAA')), code: INVALID },
  {
    title: 'W17 a digest with something behind it',
    change: onTree((root) => void digestOf(root).content.push('AAAA')),
    code: INVALID,
  },
  {
    title: 'W17 the digest of nothing',
    change: onTree((root) => setText(digestOf(root), '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')),
    code: INVALID,
  },
  {
    title: 'W17 a changed Body under its old digest',
    change: onTree((root) => void forgeText(findNode(root, 'Body'))),
    code: INVALID,
  },
  {
    title: 'W17 a changed Body with its new digest, under the old signature',
    change: onTree((root) => {
      forgeText(findNode(root, 'Body'));
      setText(digestOf(root), textOf(digestOf(root)).split('').reverse().join(''));
    }),
    code: INVALID,
  },
];

const uris: readonly Attack[] = [
  ...[
    '',
    '#',
    '#xpointer(/)',
    "#xpointer(id('id-Body'))",
    '#xmlns(s=http://schemas.xmlsoap.org/soap/envelope/)xpointer(//s:Body)',
    'http://169.254.169.254/latest/meta-data',
    'https://example.org/#id-Body',
    'file:///etc/passwd',
    'file:///etc/passwd#id-Body',
    'cid:part',
    'id-Body',
    '?#id-Body',
    '#nothing',
    '#id-Token',
    '#id-Signature',
    '#id-Body ',
    '# id-Body',
    '#id%2DBody',
    '##id-Body',
  ].map((uri): Attack => ({
    title: `W18 URI "${uri}"`,
    change: onTree((root) => void (bodyReference(root).attributes = ` URI="${uri}"`)),
    code: POLICY,
  })),
  { title: 'W18 no URI', change: onTree((root) => void (bodyReference(root).attributes = '')), code: POLICY },
  {
    title: 'W18 URI of a foreign namespace',
    change: onTree((root) => void (bodyReference(root).attributes = ' xmlns:x="urn:x" x:URI="#id-Body"')),
    code: POLICY,
  },
  ...['Type="http://www.w3.org/2000/09/xmldsig#Object"', 'Id="x"'].map((attribute): Attack => ({
    title: `W18 a Reference with ${attribute.slice(0, 4)}`,
    change: onTree((root) => void (bodyReference(root).attributes += ` ${attribute}`)),
    code: POLICY,
  })),
  {
    title: 'W18 the Body twice, other parts complete',
    change: onTree((root) => void findNode(root, 'SignedInfo').content.push(copyTree(bodyReference(root)))),
    code: POLICY,
  },
  {
    title: 'W18 Action twice, the Body not',
    change: onTree((root) => void (bodyReference(root).attributes = ' URI="#id-Action"')),
    code: POLICY,
  },
  ...[11, 1000].map((count): Attack => ({
    title: `W18 ${count} references`,
    change: onTree((root) => {
      const [info, reference] = [findNode(root, 'SignedInfo'), bodyReference(root)];
      for (let one = 0; one < count; one += 1) info.content.push(reference);
    }),
    code: POLICY,
  })),
  {
    title: 'W18 a Manifest',
    change: onTree((root) => {
      const manifest = element('ds:Manifest', `${XMLNS_DS} Id="m"`, copyTree(bodyReference(root)));
      findNode(root, 'Signature').content.push(element('ds:Object', '', manifest));
      bodyReference(root).attributes = ' URI="#m" Type="http://www.w3.org/2000/09/xmldsig#Manifest"';
    }),
    code: POLICY,
  },
];

describeAttacks('SignedInfo', [...signedInfo, ...digests, ...uris]);
