import type { OutgoingHttpHeaders } from 'node:http';
import { headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { StoredObject } from '../storage/objects.js';

/** Headers of a PUT that come back with every GET. */
const KEPT = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'] as const;
const META = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;

/** What the client says about an object it stores. Throws `MetadataTooLarge`. */
export function describeUpload(headers: Headers): Pick<StoredObject, 'contentType' | 'headers' | 'metadata'> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = headerValue(headers, name);
    const real = name === 'content-encoding' ? withoutAwsChunked(value) : value;
    if (real !== undefined && real !== '') kept[name] = real;
  }
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const header of Object.keys(headers)) {
    if (!header.startsWith(META)) continue;
    const name = header.slice(META.length);
    const value = headerValue(headers, header) ?? '';
    metadata[name] = value;
    bytes += name.length + value.length;
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new MalleeError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  }
  return { contentType: headerValue(headers, 'content-type') ?? 'binary/octet-stream', headers: kept, metadata };
}

/** The headers every answer about an object carries. */
export function headersOf(object: StoredObject): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    ...object.headers,
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    etag: `"${object.etag}"`,
    'last-modified': object.lastModified.toUTCString(),
  };
  for (const [name, value] of Object.entries(object.metadata)) headers[META + name] = value;
  return headers;
}

/** Header that carries the stored checksum. */
export function checksumHeaders(object: Pick<StoredObject, 'checksum'>): OutgoingHttpHeaders {
  if (object.checksum === undefined) return {};
  return { [`x-amz-checksum-${object.checksum.name}`]: object.checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}

function withoutAwsChunked(value: string | undefined): string | undefined {
  return value
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
}
