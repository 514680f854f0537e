import type { OutgoingHttpHeaders } from 'node:http';
import { headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { Bucket } from '../storage/buckets.js';
import type { ObjectDescription, StoredObject } from '../storage/objects.js';
import { lockHeaders } from './object-lock.js';
import { sseHeaders } from './sse.js';

/** Headers of a PUT that come back with every GET. */
const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
] as const;
const META = 'x-amz-meta-';
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;
const MAX_METADATA_BYTES = 2048;
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
];

/** What the client says about an object it stores. Throws `MetadataTooLarge`, `InvalidArgument` (a form can name what is no header). */
export function describeUpload(headers: Headers): Pick<ObjectDescription, 'contentType' | 'headers' | 'metadata'> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = headerValue(headers, name);
    const real = name === 'content-encoding' ? withoutAwsChunked(value) : value;
    if (real !== undefined && real !== '') kept[name] = real;
  }
  const metadata = Object.keys(headers)
    .filter((header) => header.startsWith(META))
    .map((header) => [header.slice(META.length), headerValue(headers, header) ?? ''] as const);
  if (!metadata.every(([name]) => TOKEN.test(META + name))) {
    throw new MalleeError('InvalidArgument', 'A name of metadata is no name of a header.');
  }
  const bytes = metadata.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > MAX_METADATA_BYTES) {
    throw new MalleeError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  }
  const contentType = headerValue(headers, 'content-type') || 'binary/octet-stream';
  return { contentType, headers: kept, metadata: Object.fromEntries(metadata) };
}

/** `x-amz-storage-class`: every class S3 has is taken and given back; there is one kind of storage. */
export function storageClassOf(headers: Headers): string {
  const text = headerValue(headers, 'x-amz-storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.includes(text)) {
    throw new MalleeError('InvalidStorageClass', 'The storage class you specified is not valid');
  }
  return text;
}

/** The headers every answer about an object carries. `headers`: those of the request. */
export function headersOf(object: StoredObject, bucket: Bucket, headers: Headers): OutgoingHttpHeaders {
  const out: OutgoingHttpHeaders = {
    ...object.headers,
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    etag: `"${object.etag}"`,
    'last-modified': object.lastModified.toUTCString(),
    ...sseHeaders(object.encryption, headers),
    ...lockHeaders(object),
  };
  if (bucket.versioning !== 'off') out['x-amz-version-id'] = object.versionId;
  if (object.storageClass !== 'STANDARD') out['x-amz-storage-class'] = object.storageClass;
  if (object.tags.length > 0) out['x-amz-tagging-count'] = object.tags.length;
  for (const [name, value] of Object.entries(object.metadata)) out[META + name] = value;
  return out;
}

/** Header that carries the stored checksum. */
export function checksumHeaders(object: Pick<StoredObject, 'checksum'>): OutgoingHttpHeaders {
  const { checksum } = object;
  if (checksum === undefined) return {};
  return { [`x-amz-checksum-${checksum.name}`]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

function withoutAwsChunked(value: string | undefined): string | undefined {
  return value
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(', ');
}
