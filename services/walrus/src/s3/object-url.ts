import { encodeComponent, headerValue } from '@mallee/aws-signatures';
import { bucketOfHost } from './path.js';
import type { S3Context } from './context.js';

/** Where an object is, as the client that asks sees this service; slashes of the key are encoded, as in S3. */
export function objectUrl({ headers, request, services }: S3Context, bucket: string, key: string): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  const host = headerValue(headers, 'host') ?? '';
  const path = bucketOfHost(host, services.domain) === undefined ? `/${bucket}` : '';
  return `${scheme}://${host}${path}/${encodeComponent(key)}`;
}
