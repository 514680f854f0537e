import type { IncomingMessage, ServerResponse } from 'node:http';
import { MalleeError } from '@mallee/errors';
import type { ServedDialect } from './operations.js';

/** What Axis2/C answers to a POST without a SOAPAction header; monitoring of old clouds looks for it. */
const NOT_FOUND_PAGE =
  '<html><head><title>404 Not Found</title></head><body><h2>Not Found</h2>' +
  '<p>A SOAP request needs a SOAPAction header.</p></body></html>\n';

/** Answers what is no SOAP request: GET ?wsdl, other methods, and (as the originals, with 404) a POST without SOAPAction. */
export function sendUnaddressed(
  request: IncomingMessage,
  response: ServerResponse,
  dialects: readonly ServedDialect[],
): boolean {
  const asked = /\?wsdl(?:=([\d.]{1,8}))?$/i.exec(request.url ?? '');
  if (request.method === 'GET' && asked !== null) {
    const found = dialects.find(({ service }) => asked[1] === undefined || service.dialect === asked[1]);
    if (found?.wsdl !== undefined) sendText(response, 200, found.wsdl);
    else sendText(response, 404, 'no such WSDL is served here\n', { 'content-type': 'text/plain' });
    return true;
  }
  if (request.method !== 'POST') {
    sendText(response, 405, 'POST a SOAP message\n', { allow: 'POST', 'content-type': 'text/plain' });
    return true;
  }
  if (request.headers['soapaction'] === undefined) {
    sendText(response, 404, NOT_FOUND_PAGE, { 'content-type': 'text/html', connection: 'close' });
    return true;
  }
  return false;
}

/**
 * Refuses content that is not plain SOAP 1.1 XML. The originals take SOAP 1.2, too, but none of their clients sends it (the Java CLC
 * has it as a fallback for replies only), and a second envelope would double what the verifier has to be right about: so 1.2 is
 * refused with the fault that SOAP has for it.
 */
export function checkHttp(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/soap+xml') {
    throw new MalleeError('Wire.VersionMismatch', 'SOAP 1.2 is not spoken here; send SOAP 1.1 as text/xml');
  }
  if (type !== 'text/xml')
    throw new MalleeError('Wire.MalformedMessage', 'the content type is not text/xml (SOAP 1.1)');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new MalleeError('Wire.MalformedMessage', `the content encoding ${encoding} is not supported`);
  }
}

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(text);
  response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8', 'content-length': body.length, ...headers });
  response.end(body);
}
