import type { OutgoingHttpHeaders } from 'node:http';

const SPELLINGS = new Map(
  [
    'Accept-Ranges',
    'Cache-Control',
    'Content-Disposition',
    'Content-Encoding',
    'Content-Language',
    'Content-Length',
    'Content-Range',
    'Content-Type',
    'ETag',
    'Expires',
    'Last-Modified',
    'Location',
  ].map((name) => [name.toLowerCase(), name]),
);

/** The headers spelled as S3 spells them: case means nothing to HTTP, but scripts that look for `Content-Length: ` exist. */
export function asSpelledByS3(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const spelled: OutgoingHttpHeaders = {};
  for (const name in headers) spelled[SPELLINGS.get(name) ?? name] = headers[name];
  return spelled;
}
