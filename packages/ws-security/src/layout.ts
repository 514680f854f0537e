import { escapeText } from '@mallee/xml';
import { BASE64_BINARY, DS, EXCLUSIVE_C14N, REPLY_RELATIONSHIP, SOAP, WSA, WSSE, WSU, X509V3 } from './names.js';
import type { PartName } from './profile.js';
import type { Suite } from './suites.js';

/**
 * The texts that our messages are made of, in the layout of Rampart/C: what `MessageSigner` writes, and what `OwnLayout` recognises.
 * Ids need to be unique within one message only, so they are constant and the texts around them are, too.
 */
export interface PartText {
  /** As it stands in the message. */
  readonly wire: string;
  /** Its canonical form, which differs by the namespace declarations that it inherits. */
  readonly canonical: string;
}

export type HeaderName = 'To' | 'Action' | 'From' | 'MessageID' | 'RelatesTo';

export const partId = (part: PartName | 'Token' | 'Signature'): string => `id-${part}`;

const DECLARE_WSU = `xmlns:wsu="${WSU}"`;
const DECLARE_WSA = `xmlns:wsa="${WSA}"`;
const DECLARE_SOAP = `xmlns:soapenv="${SOAP}"`;

/** A header of WS-Addressing; xmlns:wsa is declared on soap:Header. `value` is text, not yet escaped. */
export function headerText(name: HeaderName, value: string): PartText {
  const attributes = name === 'RelatesTo' ? ` wsa:RelationshipType="${REPLY_RELATIONSHIP}"` : '';
  const escaped = escapeText(value);
  const content = name === 'From' ? `<wsa:Address>${escaped}</wsa:Address>` : escaped;
  const rest = `${DECLARE_WSU} wsu:Id="${partId(name)}"${attributes}>${content}</wsa:${name}>`;
  return { wire: `<wsa:${name} ${rest}`, canonical: `<wsa:${name} ${DECLARE_WSA} ${rest}` };
}

/** `payload` is canonical XML. */
export function bodyText(payload: string): PartText {
  const rest = `${DECLARE_WSU} wsu:Id="${partId('Body')}">${payload}</soapenv:Body>`;
  return { wire: `<soapenv:Body ${rest}`, canonical: `<soapenv:Body ${DECLARE_SOAP} ${rest}` };
}

/** Times as xs:dateTime. */
export function timestampText(created: string, expires: string): PartText {
  const wire =
    `<wsu:Timestamp ${DECLARE_WSU} wsu:Id="${partId('Timestamp')}"><wsu:Created>${created}</wsu:Created>` +
    `<wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>`;
  return { wire, canonical: wire };
}

/** The Security header up to the Timestamp. */
export function securityStart(token: string): string {
  return (
    `<wsse:Security xmlns:wsse="${WSSE}" soapenv:mustUnderstand="1">` +
    `<wsse:BinarySecurityToken ${DECLARE_WSU} EncodingType="${BASE64_BINARY}" ValueType="${X509V3}" wsu:Id="${partId('Token')}">` +
    `${token}</wsse:BinarySecurityToken>`
  );
}

/** SignedInfo behind the name in its start tag, up to the first Reference. */
export function signedInfoStart(suite: Suite): string {
  return (
    `><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${suite.signature}"></ds:SignatureMethod>`
  );
}

/** A Reference up to its digest; `REFERENCE_END` follows the digest. */
export function referenceStart(suite: Suite, name: PartName): string {
  return (
    `<ds:Reference URI="#${partId(name)}"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE_C14N}"></ds:Transform>` +
    `</ds:Transforms><ds:DigestMethod Algorithm="${suite.digest}"></ds:DigestMethod><ds:DigestValue>`
  );
}

export const REFERENCE_END = '</ds:DigestValue></ds:Reference>';
export const SIGNED_INFO_END = '</ds:SignedInfo>';
export const SIGNED_INFO_WIRE = '<ds:SignedInfo';
/** The start of the canonical form of SignedInfo; xmlns:ds is declared on ds:Signature. */
export const SIGNED_INFO_CANONICAL = `<ds:SignedInfo xmlns:ds="${DS}"`;

/** `signedInfo` begins behind the name in its start tag. */
export function signatureText(signedInfo: string, value: string): string {
  return (
    `<ds:Signature xmlns:ds="${DS}" Id="${partId('Signature')}">${SIGNED_INFO_WIRE}${signedInfo}` +
    `<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>` +
    `<wsse:Reference URI="#${partId('Token')}" ValueType="${X509V3}"></wsse:Reference>` +
    `</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`
  );
}

/** `security` ends with the Signature. */
export function envelopeText(headers: string, security: string, body: string): string {
  return (
    `<soapenv:Envelope ${DECLARE_SOAP}><soapenv:Header ${DECLARE_WSA}>${headers}` +
    `${security}</wsse:Security></soapenv:Header>${body}</soapenv:Envelope>`
  );
}
