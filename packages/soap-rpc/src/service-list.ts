import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceTable } from '@mallee/wsdl-types';
import { escapeText } from '@mallee/xml';
import { sendText } from './http.js';

/** Where Axis2/C lists its services; `euca_conf` takes a host for a CC if this page has the text EucalyptusCC. */
export function isServiceList(path: string): boolean {
  return path === '/axis2/services/' || path === '/axis2/services';
}

/** Answers a GET with the services and their operations, as a page for people and for that probe. */
export function sendServiceList(
  request: IncomingMessage,
  response: ServerResponse,
  services: readonly ServiceTable[],
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendText(response, 405, 'GET the list of services\n', { allow: 'GET, HEAD', 'content-type': 'text/plain' });
    return;
  }
  const byName = new Map<string, Set<string>>();
  for (const { name, operations } of services) {
    const known = byName.get(name) ?? new Set();
    for (const operation of Object.keys(operations)) known.add(operation);
    byName.set(name, known);
  }
  const sections = [...byName].map(([name, operations]) => {
    const items = [...operations].map((one) => `<li>${escapeText(one)}</li>`).join('');
    return `<h2>${escapeText(name)}</h2><ul>${items}</ul>`;
  });
  const page = `<html><head><title>Services</title></head><body>${sections.join('')}</body></html>\n`;
  sendText(response, 200, page, { 'content-type': 'text/html;charset=UTF-8' });
}
