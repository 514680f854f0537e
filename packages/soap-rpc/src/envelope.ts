import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** An envelope without header. `content` is canonical XML. */
export function unsignedEnvelope(content: string): string {
  return `<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
}

/**
 * The one element of the Body of an unsigned message. A Header is looked over, its content ignored.
 * Throws Wire.MalformedMessage.
 */
export function readUnsigned(root: XmlElement): XmlElement {
  if (!isSoap(root, 'Envelope')) malformed('the document is not a SOAP 1.1 envelope');
  const children = root.children.filter((child, index) => !(index === 0 && isSoap(child, 'Header')));
  const body = children[0];
  if (children.length !== 1 || body === undefined || !isSoap(body, 'Body')) malformed('the envelope has not one Body');
  const payload = body.children[0];
  if (body.children.length !== 1 || payload === undefined) malformed('the Body has not exactly one element');
  return payload;
}

export function isSoap(element: XmlElement, local: string): boolean {
  return element.local === local && element.namespace === SOAP;
}

function malformed(what: string): never {
  throw new MalleeError('Wire.MalformedMessage', what);
}
