import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import { BASE64_BINARY, DS, REPLY_RELATIONSHIP, SOAP, WSA, WSSE, WSU, X509V3 } from './names.js';
import type { PartName, PartRules } from './profile.js';
import {
  attribute,
  base64Text,
  exactChildren,
  expect,
  expectNoText,
  is,
  leafText,
  onlyAttributes,
  refuseRepeatedIds,
  WSU_ID,
  wsuId,
} from './read-element.js';
import { readSignature, type ReadSignature } from './read-signature.js';
import type { Peer } from './received.js';
import { readTimestamp, type ReadTimestamp } from './timestamp.js';
import { violation } from './violation.js';

export type SignedParts = Partial<Record<PartName, XmlElement>>;

/** A message of the right shape. Nothing in it is verified yet. */
export interface ReadMessage {
  readonly parts: SignedParts;
  /** The part behind each reference of the signature, in its order. */
  readonly referenced: readonly PartName[];
  readonly signature: ReadSignature;
  readonly peer: Peer;
  readonly timestamp: ReadTimestamp | undefined;
  /** The one element of the Body. */
  readonly payload: XmlElement;
  readonly bodySigned: boolean;
}

const ADDRESSING: readonly PartName[] = ['To', 'Action', 'MessageID', 'RelatesTo', 'From'];
const MAXIMUM_ADDRESS = 1024;

/**
 * Checks the shape of a message before any cryptography: every element of Envelope, Header and Security is one of those the profile
 * knows, stands at its one legal place and occurs once, and the references of the signature name exactly the parts to be signed.
 * Whatever wraps, moves or repeats a signed element is refused here. `peerOf` is asked once, with the base64 text of the certificate
 * in the message, and throws if it is not trusted.
 */
export function readMessage(
  root: XmlElement,
  direction: 'request' | 'response',
  peerOf: (token: string) => Peer,
): ReadMessage {
  const { header, body } = readEnvelope(root);
  refuseRepeatedIds(root);
  const parts: SignedParts = { Body: body };
  const security = readHeader(header, parts);
  const { token, tokenId, signature: signatureElement } = readSecurity(security, parts);
  const peer = peerOf(token);
  const rules = peer.profile[direction];
  const signature = readSignature(signatureElement, peer.suites);
  checkRules(parts, rules);
  if (signature.tokenId !== tokenId) violation('KeyInfo does not name the token of the message');
  const referenced = matchReferences(parts, signature, rules);
  const timestamp = parts.Timestamp === undefined ? undefined : readTimestamp(parts.Timestamp);
  const payload = readBody(body);
  return { parts, referenced, signature, peer, timestamp, payload, bodySigned: referenced.includes('Body') };
}

/** Header and Body of an Envelope; used for unsigned messages, too. A missing Header is Wire.NotSigned. */
function readEnvelope(root: XmlElement): { header: XmlElement; body: XmlElement } {
  expect(root, SOAP, 'Envelope', 'the document');
  onlyAttributes(root, []);
  const [first, second] = root.children;
  if (root.children.length === 1 && first !== undefined && is(first, SOAP, 'Body')) throw notSigned();
  exactChildren(root, 2);
  return { header: expect(first, SOAP, 'Header', 'Envelope'), body: expect(second, SOAP, 'Body', 'Envelope') };
}

function notSigned(): MalleeError {
  return new MalleeError('Wire.NotSigned', 'the message has no Security header');
}

/** Collects the addressing headers into `parts` and returns the Security header. */
function readHeader(header: XmlElement, parts: SignedParts): XmlElement {
  onlyAttributes(header, []);
  expectNoText(header);
  let security: XmlElement | undefined;
  for (const child of header.children) {
    if (is(child, WSSE, 'Security')) {
      if (security !== undefined) violation('Header has two Security headers');
      security = child;
      continue;
    }
    const name = child.namespace === WSA ? ADDRESSING.find((one) => one === child.local) : undefined;
    if (name === undefined) violation(`Header has an unexpected ${child.local}`);
    if (parts[name] !== undefined) violation(`Header has two ${name}`);
    readAddressing(child, name);
    parts[name] = child;
  }
  if (security === undefined) throw notSigned();
  return security;
}

function readAddressing(element: XmlElement, name: PartName): void {
  const mustUnderstand = `${SOAP} mustUnderstand`;
  if (name === 'RelatesTo') {
    onlyAttributes(element, [WSU_ID, mustUnderstand, 'RelationshipType', `${WSA} RelationshipType`]);
    const type = attribute(element, WSA, 'RelationshipType') ?? attribute(element, '', 'RelationshipType');
    if (type !== undefined && type !== REPLY_RELATIONSHIP) violation('RelatesTo is not of a reply');
  } else {
    onlyAttributes(element, [WSU_ID, mustUnderstand]);
  }
  const holder = name === 'From' ? expect(exactChildren(element, 1)[0], WSA, 'Address', 'From') : element;
  if (name === 'From') onlyAttributes(holder, []);
  if (leafText(holder).length > MAXIMUM_ADDRESS) violation(`${name} is longer than ${MAXIMUM_ADDRESS} characters`);
}

interface ReadSecurity {
  readonly token: string;
  readonly tokenId: string;
  readonly signature: XmlElement;
}

function readSecurity(security: XmlElement, parts: SignedParts): ReadSecurity {
  onlyAttributes(security, [`${SOAP} mustUnderstand`]);
  expectNoText(security);
  let token: XmlElement | undefined;
  let signature: XmlElement | undefined;
  for (const child of security.children) {
    if (token === undefined && is(child, WSSE, 'BinarySecurityToken')) token = child;
    else if (signature === undefined && is(child, DS, 'Signature')) signature = child;
    else if (parts.Timestamp === undefined && is(child, WSU, 'Timestamp')) parts.Timestamp = child;
    else violation(`Security has an unexpected or second ${child.local}`);
  }
  if (signature === undefined) throw new MalleeError('Wire.NotSigned', 'the Security header has no Signature');
  if (token === undefined) violation('Security has no BinarySecurityToken');
  onlyAttributes(token, ['EncodingType', 'ValueType', WSU_ID]);
  if (attribute(token, '', 'ValueType') !== X509V3) violation('the token is not an X.509 v3 certificate');
  const encoding = attribute(token, '', 'EncodingType');
  if (encoding !== undefined && encoding !== BASE64_BINARY) violation('the token is not in base64');
  return { token: base64Text(token), tokenId: wsuId(token) ?? violation('the token has no wsu:Id'), signature };
}

function checkRules(parts: SignedParts, rules: PartRules): void {
  for (const name of rules.required) if (parts[name] === undefined) violation(`the message has no ${name}`);
  for (const name of Object.keys(parts) as PartName[]) {
    if (!rules.required.includes(name) && !rules.optional.includes(name)) violation(`${name} is not allowed here`);
  }
}

/** Every part that must be signed must be behind exactly one reference, and every reference must name a part. */
function matchReferences(parts: SignedParts, signature: ReadSignature, rules: PartRules): readonly PartName[] {
  const names = new Map<string, PartName>();
  for (const name of Object.keys(parts) as PartName[]) {
    const id = wsuId(parts[name]!);
    if (id !== undefined) names.set(id, name);
    else if (!rules.unsigned.includes(name)) violation(`${name} has no wsu:Id and so cannot be signed`);
  }
  const referenced = signature.references.map((reference) => {
    const name = names.get(reference.id);
    if (name === undefined) violation('a reference names no part of the message, or one part twice');
    names.delete(reference.id);
    return name;
  });
  for (const name of names.values()) if (!rules.unsigned.includes(name)) violation(`${name} is not signed`);
  return referenced;
}

function readBody(body: XmlElement): XmlElement {
  onlyAttributes(body, [WSU_ID]);
  return exactChildren(body, 1)[0]!;
}
