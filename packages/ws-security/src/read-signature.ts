import type { XmlElement } from '@mallee/xml';
import { DS, EXCLUSIVE_C14N, WSSE, X509V3 } from './names.js';
import { attribute, base64Text, exactChildren, expect, expectNoText, onlyAttributes, WSU_ID } from './read-element.js';
import { suites, type Suite, type SuiteName } from './suites.js';
import { refused, violation } from './violation.js';

/** One ds:Reference: the id it names and the digest it gives. */
export interface ReadReference {
  readonly id: string;
  readonly digest: string;
}

/** A ds:Signature of the one shape that is accepted. */
export interface ReadSignature {
  readonly element: XmlElement;
  readonly signedInfo: XmlElement;
  readonly suite: Suite;
  readonly references: readonly ReadReference[];
  readonly value: Buffer;
  /** Id of the token that KeyInfo names. */
  readonly tokenId: string;
}

const MAXIMUM_REFERENCES = 10;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads SignedInfo, SignatureValue and KeyInfo. Allowed are: exclusive canonicalisation without parameters, RSA with the digest of the
 * same suite, references by id with that one transform, and the direct reference to the token. Anything else is refused, so there is
 * nothing to choose for whoever forges a message.
 */
export function readSignature(element: XmlElement, allowed: readonly SuiteName[]): ReadSignature {
  onlyAttributes(element, ['Id']);
  const [first, second, third] = exactChildren(element, 3);
  const signedInfo = expect(first, DS, 'SignedInfo', 'Signature');
  const signatureValue = expect(second, DS, 'SignatureValue', 'Signature');
  const keyInfo = expect(third, DS, 'KeyInfo', 'Signature');
  onlyAttributes(signatureValue, ['Id']);
  const { suite, references } = readSignedInfo(signedInfo, allowed);
  const text = base64Text(signatureValue);
  const value = Buffer.from(text, 'base64');
  // One value must have one spelling: the replay cache compares values.
  if (!BASE64.test(text) || value.toString('base64') !== text) violation('SignatureValue is not plain base64');
  return { element, signedInfo, suite, references, value, tokenId: readKeyInfo(keyInfo) };
}

function readSignedInfo(
  element: XmlElement,
  allowed: readonly SuiteName[],
): { suite: Suite; references: readonly ReadReference[] } {
  onlyAttributes(element, []);
  expectNoText(element);
  const [canonicalization, method, ...rest] = element.children;
  const c14n = algorithm(expect(canonicalization, DS, 'CanonicalizationMethod', 'SignedInfo'));
  if (c14n !== EXCLUSIVE_C14N) refused(`the canonicalisation ${c14n} is not allowed`);
  const uri = algorithm(expect(method, DS, 'SignatureMethod', 'SignedInfo'));
  const suite = allowed.map((name) => suites[name]).find((one) => one.signature === uri);
  if (suite === undefined) refused(`the signature algorithm ${uri} is not allowed for this peer`);
  if (rest.length === 0) violation('SignedInfo has no Reference');
  if (rest.length > MAXIMUM_REFERENCES) violation(`SignedInfo has more than ${MAXIMUM_REFERENCES} references`);
  return { suite, references: rest.map((reference) => readReference(reference, suite)) };
}

function readReference(element: XmlElement, suite: Suite): ReadReference {
  expect(element, DS, 'Reference', 'SignedInfo');
  onlyAttributes(element, ['URI']);
  const [transforms, method, digestValue] = exactChildren(element, 3);
  const [transform] = exactChildren(expect(transforms, DS, 'Transforms', 'Reference'), 1);
  onlyAttributes(transforms!, []);
  const name = algorithm(expect(transform, DS, 'Transform', 'Transforms'));
  if (name !== EXCLUSIVE_C14N) refused(`the transform ${name} is not allowed`);
  const digest = algorithm(expect(method, DS, 'DigestMethod', 'Reference'));
  if (digest !== suite.digest) refused(`the digest algorithm ${digest} is not allowed with ${suite.name}`);
  const value = expect(digestValue, DS, 'DigestValue', 'Reference');
  onlyAttributes(value, []);
  return { id: localId(attribute(element, '', 'URI')), digest: base64Text(value) };
}

/** The Algorithm of an element that has no parameters. */
function algorithm(element: XmlElement): string {
  if (element.children.length > 0) refused(`${element.local} has parameters`);
  expectNoText(element);
  onlyAttributes(element, ['Algorithm']);
  return attribute(element, '', 'Algorithm') ?? violation(`${element.local} names no algorithm`);
}

function readKeyInfo(element: XmlElement): string {
  onlyAttributes(element, ['Id']);
  const [holder] = exactChildren(element, 1);
  expect(holder, WSSE, 'SecurityTokenReference', 'KeyInfo');
  onlyAttributes(holder!, [WSU_ID]);
  const [reference] = exactChildren(holder!, 1);
  expect(reference, WSSE, 'Reference', 'SecurityTokenReference');
  onlyAttributes(reference!, ['URI', 'ValueType']);
  exactChildren(reference!, 0);
  const type = attribute(reference!, '', 'ValueType');
  if (type !== undefined && type !== X509V3) violation(`KeyInfo names a token of type ${type}`);
  return localId(attribute(reference!, '', 'URI'));
}

function localId(uri: string | undefined): string {
  if (uri === undefined || !uri.startsWith('#') || uri.length < 2 || uri.includes('(')) {
    violation('a reference does not name an id of the message');
  }
  return uri.slice(1);
}
