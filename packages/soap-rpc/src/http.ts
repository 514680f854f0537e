import type { IncomingMessage, ServerResponse } from 'node:http';
import { MalleeError } from '@mallee/errors';

/** What Axis2/C answers to a POST without a SOAPAction header; monitoring of old clouds looks for it. */
const NOT_FOUND_PAGE =
  '<html><head><title>404 Not Found</title></head><body><h2>Not Found</h2>' +
  '<p>A SOAP request needs a SOAPAction header.</p></body></html>\n';

/** Answers what is no SOAP request: GET ?wsdl, other methods, and (as the originals, with 404) a POST without SOAPAction. */
export function sendUnaddressed(request: IncomingMessage, response: ServerResponse, wsdl: string | undefined): boolean {
  if (request.method === 'GET' && /\?wsdl$/i.test(request.url ?? '')) {
    if (wsdl === undefined) sendText(response, 404, 'no WSDL is served here\n', { 'content-type': 'text/plain' });
    else sendText(response, 200, wsdl);
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

/** Refuses content that is not plain SOAP 1.1 XML. */
export function checkHttp(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
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
