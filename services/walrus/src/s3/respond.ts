import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { asSpelledByS3 } from './header-spelling.js';

export function sendXml(
  response: ServerResponse,
  status: number,
  xml: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = Buffer.from(xml, 'utf8');
  const described = { ...headers, 'content-type': 'application/xml', 'content-length': body.length };
  response.writeHead(status, asSpelledByS3(described));
  response.end(body);
}

export function sendEmpty(response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void {
  // 204 and 304 have no body and so no length.
  response.writeHead(status, asSpelledByS3(status === 200 ? { ...headers, 'content-length': 0 } : headers));
  response.end();
}
