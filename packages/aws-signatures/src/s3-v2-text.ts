import { compareBytes, splitQuery } from './percent.js';
import { headerValue, type SignedRequest } from './request.js';

/** Query parameters that are part of the resource an S3 V2 signature covers. */
const SUBRESOURCES = new Set([
  'accelerate',
  'acl',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'retention',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/**
 * The text an S3 V2 signature is made over, for the resource path `path`. `expires` (seconds since the epoch) takes the
 * place of the date in a presigned request.
 */
export function s3V2Text(request: SignedRequest, path: string, expires: string | undefined): string {
  const { headers } = request;
  const amzDate = headerValue(headers, 'x-amz-date');
  const date = expires ?? (amzDate === undefined ? (headerValue(headers, 'date') ?? '') : '');
  const head = [
    request.method,
    headerValue(headers, 'content-md5') ?? '',
    headerValue(headers, 'content-type') ?? '',
    date,
  ];
  return `${head.join('\n')}\n${amzHeaders(request)}${path}${subresources(request.rawQuery)}`;
}

/** The request as if the x-amz- parameters of its query were headers; headers that were sent stand. */
export function withAmzParameters(request: SignedRequest): SignedRequest {
  const parameters = splitQuery(request.rawQuery)
    .map(([name, value]) => [name.toString('utf8').toLowerCase(), value.toString('utf8')] as const)
    .filter(([name]) => name.startsWith('x-amz-'));
  return { ...request, headers: { ...Object.fromEntries(parameters), ...request.headers } };
}

function amzHeaders(request: SignedRequest): string {
  return Object.keys(request.headers)
    .filter((name) => name.startsWith('x-amz-') && request.headers[name] !== undefined)
    .sort(compareBytes)
    .map((name) => `${name}:${(headerValue(request.headers, name) ?? '').replace(/\r?\n\s+/g, ' ').trim()}\n`)
    .join('');
}

/** The part of a query that is signed: `?acl`, `?uploadId=x` and so on; empty when there is none. */
export function subresources(rawQuery: string): string {
  const given = new Set(rawQuery.split('&').map((piece) => piece.split('=', 1)[0]));
  const parts = splitQuery(rawQuery)
    .map(([name, value]): [string, string] => [name.toString('utf8'), value.toString('utf8')])
    .filter(([name]) => SUBRESOURCES.has(name) && given.has(name))
    .sort((a, b) => compareBytes(a[0], b[0]))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
