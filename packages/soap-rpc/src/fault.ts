import { isErrorCode, type ErrorCode, type MalleeError } from '@mallee/errors';
import { escapeText, parseXml, type XmlElement } from '@mallee/xml';
import { isSoap, readUnsigned, unsignedEnvelope } from './envelope.js';

/** Namespace of the detail element that carries the code of Mallee. */
const DETAIL = 'urn:mallee:fault';

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
  const who = error.status < 500 ? 'Client' : 'Server';
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

/** Reads a fault, or undefined if the document is none. Never throws: what a broken peer sends is described as far as it goes. */
export function readFault(document: Uint8Array): PeerFault | undefined {
  let payload: XmlElement;
  try {
    // Original faults are hand-made; comments in them do no harm.
    payload = readUnsigned(parseXml(document, { allowComments: true }));
  } catch {
    return undefined;
  }
  if (!isSoap(payload, 'Fault')) return undefined;
  const text = (local: string): string => payload.children.find((child) => child.local === local)?.text.trim() ?? '';
  const code = findCode(payload);
  return { faultcode: text('faultcode'), message: text('faultstring').slice(0, 1000), code };
}

function findCode(fault: XmlElement): ErrorCode | undefined {
  const detail = fault.children.find((child) => child.local === 'detail');
  const error = detail?.children.find((child) => child.local === 'Error' && child.namespace === DETAIL);
  return knownCode(error?.children.find((child) => child.local === 'Code')?.text);
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
