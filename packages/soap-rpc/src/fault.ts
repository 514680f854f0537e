import { isErrorCode, type ErrorCode, type MalleeError } from '@mallee/errors';
import { escapeText, parseXml, type XmlElement } from '@mallee/xml';
import { isSoap, readUnsigned, unsignedEnvelope } from './envelope.js';

/** Namespace of the detail element that carries the code of Mallee. */
const DETAIL = 'urn:mallee:fault';

const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope';

/** HTTP header that repeats the code of a failure, for replies whose schema has no room for it. Unsigned: information only. */
export const errorHeader = 'x-mallee-error';

/** What a fault of a peer says; `code` only if the peer is a Mallee daemon. */
export interface PeerFault {
  readonly faultcode: string;
  readonly message: string;
  readonly code: ErrorCode | undefined;
}

/** A SOAP 1.1 fault, unsigned like those of the originals. Client for what the sender did wrong, Server for the rest. */
export function writeFault(error: MalleeError, correlationId: string): string {
  const sender = error.code === 'Wire.VersionMismatch' ? 'VersionMismatch' : 'Client';
  const who = error.status < 500 ? sender : 'Server';
  return unsignedEnvelope(
    `<soapenv:Fault><faultcode>soapenv:${who}</faultcode><faultstring>${escapeText(publicMessage(error))}</faultstring>` +
      `<detail><m:Error xmlns:m="${DETAIL}"><m:Code>${error.code}</m:Code>` +
      `<m:CorrelationId>${escapeText(correlationId)}</m:CorrelationId></m:Error></detail></soapenv:Fault>`,
  );
}

/** What a peer may read of an error: nothing of an unexpected one, whose text may name anything. */
export function publicMessage(error: MalleeError): string {
  return error.code === 'InternalError' ? 'internal error' : toXmlText(error.message);
}

/** Texts come from anywhere; XML cannot carry every character, and nobody reads more than a line or two. */
function toXmlText(text: string): string {
  return text.slice(0, 1000).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '?');
}

/**
 * Reads a fault, or undefined if the document is none. Never throws: what a broken peer sends is described as far as it goes. The code
 * is taken as text, for the originals write prefixes that they do not declare (wsse:InvalidSecurity) and words of SOAP 1.2
 * (soapenv:Sender).
 */
export function readFault(document: Uint8Array): PeerFault | undefined {
  try {
    // Original faults are hand-made; comments in them do no harm.
    const root = parseXml(document, { allowComments: true });
    if (root.namespace === SOAP_12) return readFault12(root);
    const fault = readUnsigned(root);
    if (!isSoap(fault, 'Fault')) return undefined;
    return { faultcode: textAt(fault, 'faultcode'), message: textAt(fault, 'faultstring'), code: findCode(fault) };
  } catch {
    return undefined;
  }
}

/** A fault of SOAP 1.2, with which a server may answer that does not speak 1.1 at all. */
function readFault12(envelope: XmlElement): PeerFault | undefined {
  const fault = childAt(childAt(envelope, 'Body'), 'Fault');
  if (fault?.namespace !== SOAP_12) return undefined;
  return { faultcode: textAt(fault, 'Code', 'Value'), message: textAt(fault, 'Reason', 'Text'), code: undefined };
}

function textAt(element: XmlElement, ...path: string[]): string {
  const found = path.reduce<XmlElement | undefined>(childAt, element);
  return found?.text.trim().slice(0, 1000) ?? '';
}

function childAt(element: XmlElement | undefined, local: string): XmlElement | undefined {
  return element?.children.find((child) => child.local === local);
}

function findCode(fault: XmlElement): ErrorCode | undefined {
  const error = childAt(fault, 'detail')?.children.find(
    (child) => child.local === 'Error' && child.namespace === DETAIL,
  );
  return knownCode(childAt(error, 'Code')?.text);
}

/** The text as a code of the catalogue. */
export function knownCode(text: string | undefined): ErrorCode | undefined {
  return text !== undefined && isErrorCode(text) ? text : undefined;
}

/** A failure text "Code: message" as `failureText` writes it. */
export function parseFailure(text: string): { code: ErrorCode | undefined; message: string } {
  const match = /^([A-Za-z0-9.]+): (.*)$/s.exec(text);
  const code = knownCode(match?.[1]);
  return code === undefined ? { code, message: text } : { code, message: match?.[2] ?? '' };
}

export function failureText(error: MalleeError): string {
  return `${error.code}: ${publicMessage(error)}`;
}
