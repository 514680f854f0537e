import { describeAttacks, MALFORMED, onTree, POLICY, type Attack } from '../test-support/attacks.js';
import { XMLNS_DS, XMLNS_SOAP, XMLNS_WSSE, XMLNS_WSU } from '../test-support/namespaces.js';
import {
  changeId,
  copyTree,
  element,
  findNode,
  forgeText,
  makeMovable,
  parentOf,
  readTree,
  replaceNode,
  writeTree,
  type WireNode,
} from '../test-support/wire-tree.js';

type Place = (root: WireNode, signed: WireNode, forged: WireNode) => void;

/** A forged Body where the Body belongs, with the id written so, and the signed one where `place` puts it. */
function wrap(forgedId: string, place: Place): Attack['change'] {
  return onTree((root) => {
    const body = findNode(root, 'Body');
    const signed = makeMovable(root, copyTree(body));
    makeMovable(root, body);
    signed.attributes = body.attributes;
    forgeText(body);
    changeId(body, forgedId);
    place(root, signed, body);
  });
}

/** In a header of another namespace, as in the attack of 2011. */
const inWrapper: Place = (root, signed) =>
  void findNode(root, 'Header').content.unshift(element('w', 'xmlns="urn:w"', signed));
const last =
  (local: string): Place =>
  (root, signed) =>
    void findNode(root, local).content.push(signed);
const first =
  (local: string): Place =>
  (root, signed) =>
    void findNode(root, local).content.unshift(signed);

const cases: readonly (readonly [string, string, Place])[] = [
  ['W01 signed Body in a header, forged Body with a new Id', 'wsu:Id="new"', inWrapper],
  ['W01 the same at the end of Header', 'wsu:Id="new"', last('Header')],
  ['W02 signed Body in a header, forged Body without Id', '', inWrapper],
  ['W03 signed Body in a header, forged Body with the same Id', 'wsu:Id="id-Body"', inWrapper],
  ['W04 forged Body with plain Id', 'Id="id-Body"', inWrapper],
  ['W04 forged Body with ID', 'ID="id-Body"', inWrapper],
  ['W04 forged Body with id', 'id="id-Body"', inWrapper],
  ['W04 forged Body with xml:id', 'xml:id="id-Body"', inWrapper],
  ['W04 forged Body with the Id of a foreign namespace', 'xmlns:f="urn:f" f:Id="id-Body"', inWrapper],
  ['W04 forged Body with a plain and a wsu:Id', 'Id="id-Body" wsu:Id="new"', inWrapper],
  ['W05 two Body, the signed one first', '', (root, signed, forged) => replaceNode(root, forged, signed, forged)],
  ['W05 two Body, the forged one first', '', last('Envelope')],
  ['W05 two Body, the signed one in front of Header', 'wsu:Id="new"', first('Envelope')],
  [
    'W06 signed Body in ds:Object',
    '',
    (root, signed) => void findNode(root, 'Signature').content.push(element('ds:Object', '', signed)),
  ],
  [
    'W06 signed Body in ds:Object in front of SignedInfo',
    '',
    (root, signed) => void findNode(root, 'Signature').content.unshift(element('ds:Object', '', signed)),
  ],
  ['W06 signed Body straight in Signature', '', last('Signature')],
  ['W07 signed Body in KeyInfo', '', last('KeyInfo')],
  ['W07 signed Body in front in KeyInfo', '', first('KeyInfo')],
  ['W07 signed Body in SecurityTokenReference', '', last('SecurityTokenReference')],
  ['W07 signed Body in SignedInfo', '', last('SignedInfo')],
  ['W07 signed Body in a Reference', '', last('Transforms')],
  ['W07 signed Body beside the token', '', first('Security')],
  ['W07 signed Body in the token', '', last('BinarySecurityToken')],
  ['W07 signed Body at the end of Security', '', last('Security')],
  [
    'W07 signed Body in a second Security header',
    '',
    (root, signed) => void findNode(root, 'Header').content.push(element('wsse:Security', XMLNS_WSSE, signed)),
  ],
  [
    'W07 signed Body in a second Header',
    '',
    (root, signed) => void root.content.push(element('soapenv:Header', '', signed)),
  ],
  ['W07 signed Body in the forged one', 'wsu:Id="new"', (_root, signed, forged) => void forged.content.push(signed)],
  [
    'W07 signed Body in front in the forged one',
    'wsu:Id="new"',
    (_root, signed, forged) => void forged.content.unshift(signed),
  ],
  ['W07 signed Body deep in the forged one', '', (root, signed) => void findNode(root, 'userId').content.push(signed)],
  [
    'W07 signed Body in the forged operation',
    '',
    (root, signed) => void parentOf(root, findNode(root, 'userId')).content.push(signed),
  ],
  ['W07 signed Body in a header that is signed', '', last('Action')],
  ['W07 signed Body in the MessageID', '', first('MessageID')],
];
const wrapping = cases.map(([title, id, place]): Attack => ({ title, change: wrap(id, place), code: POLICY }));

/** The genuine Envelope as an element among others. */
const whole = (text: string): WireNode => readTree(text);
const forgedOf = (text: string): WireNode => forgeText(findNode(readTree(text), 'Body'));

const envelopes: readonly Attack[] = [
  { title: 'W07 the Envelope in a wrapper', change: (text) => `<w xmlns="urn:w">${text}</w>`, code: POLICY },
  {
    title: 'W07 the signed Body beside a forged Envelope, in a wrapper',
    change: (text) => {
      const root = readTree(text);
      const body = makeMovable(root, findNode(root, 'Body'));
      const signed = copyTree(body);
      forgeText(body);
      changeId(body, 'wsu:Id="new"');
      return `<w xmlns="urn:w">${writeTree(root)}${writeTree(signed)}</w>`;
    },
    code: POLICY,
  },
  {
    title: 'W07 the signed Body behind the forged Envelope',
    change: (text) => text + writeTree(makeMovable(readTree(text), findNode(readTree(text), 'Body'))),
    code: MALFORMED,
  },
  {
    title: 'W07 the signed Body in the Timestamp',
    on: ({ profile }) => profile === 'body-timestamp',
    change: wrap('', last('Timestamp')),
    code: POLICY,
  },
  {
    title: 'W08 the whole Envelope in the Header of a forged one',
    change: (text) => {
      const root = readTree(text);
      replaceNode(root, findNode(root, 'Body'), element('soapenv:Body', '', ...forgedOf(text).content));
      findNode(root, 'Header').content.unshift(whole(text));
      return writeTree(root);
    },
    code: POLICY,
  },
  {
    title: 'W08 the whole Envelope as the only header of a forged one',
    change: (text) =>
      writeTree(
        element(
          'soapenv:Envelope',
          XMLNS_SOAP,
          element('soapenv:Header', '', whole(text)),
          element('soapenv:Body', '', ...forgedOf(text).content),
        ),
      ),
    code: POLICY,
    signedAgain: POLICY,
  },
  {
    title: 'W08 the whole Envelope in the Body of a forged one',
    change: (text) => {
      const body = element('soapenv:Body', '', whole(text));
      const header = element('soapenv:Header', '', element('wsse:Security', XMLNS_WSSE));
      return writeTree(element('soapenv:Envelope', XMLNS_SOAP, header, body));
    },
    code: 'Wire.NotSigned',
  },
  {
    title: 'W08 the whole Envelope in ds:Object of a signature with the same value',
    change: (text) => {
      const root = readTree(text);
      forgeText(findNode(root, 'Body'));
      findNode(root, 'Signature').content.push(element('ds:Object', XMLNS_DS, whole(text)));
      return writeTree(root);
    },
    code: POLICY,
  },
  {
    title: 'W08 two Envelopes one after the other',
    change: (text) => text + text,
    code: MALFORMED,
  },
  {
    title: 'W08 a forged Body in an Envelope within the Envelope',
    change: (text) => {
      const root = readTree(text);
      const inner = element('soapenv:Envelope', `${XMLNS_SOAP} ${XMLNS_WSU}`, forgedOf(text));
      root.content.push(inner);
      return writeTree(root);
    },
    code: POLICY,
  },
];

describeAttacks('signed elements that are moved', [...wrapping, ...envelopes]);
