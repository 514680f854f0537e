import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ObjectContext } from '../s3/context.js';
import { openReadable } from '../s3/open-readable.js';
import { sendXml } from '../s3/respond.js';
import { readingKey } from '../s3/sse.js';
import { element, field, s3Document, type Child } from '../s3/xml.js';
import type { Checksum, Piece, StoredObject } from '../storage/objects.js';
import { maxKeysOf } from '../s3/listing-document.js';

const ATTRIBUTES: readonly string[] = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

/** GET /bucket/key?attributes */
export async function getObjectAttributes(context: ObjectContext): Promise<void> {
  const { headers, services } = context;
  const wanted = (headerValue(headers, 'x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  if (wanted.some((name) => !ATTRIBUTES.includes(name))) {
    throw new MalleeError('InvalidArgument', 'Invalid attribute name specified.');
  }
  const { object, bucket, data } = await openReadable(context, context.query.get('versionId'));
  try {
    readingKey(headers, services.keys, object.encryption);
    const has = (name: string): boolean => wanted.includes(name);
    const document = s3Document(
      'GetObjectAttributesResponse',
      has('ETag') ? field('ETag', object.etag) : undefined,
      has('Checksum') && object.checksum !== undefined ? checksumElement(object.checksum) : undefined,
      has('ObjectParts') && object.blobId === undefined ? partsElement(context, object, data.pieces) : undefined,
      has('StorageClass') ? field('StorageClass', object.storageClass) : undefined,
      has('ObjectSize') ? field('ObjectSize', object.size) : undefined,
    );
    sendXml(context.response, 200, document, {
      'last-modified': object.lastModified.toUTCString(),
      ...(bucket.versioning === 'off' ? {} : { 'x-amz-version-id': object.versionId }),
    });
  } finally {
    await data.close();
  }
}

function checksumElement(checksum: Checksum): string {
  const value = field(`Checksum${checksum.name.toUpperCase()}`, checksum.value);
  return element('Checksum', value, field('ChecksumType', checksum.type));
}

function partsElement(context: ObjectContext, object: StoredObject, pieces: readonly Piece[]): string {
  const header = headerValue(context.headers, 'x-amz-max-parts');
  const limit = maxKeysOf(new Map(header === undefined ? [] : [['max-parts', header]]), 'max-parts');
  const marker = Number(headerValue(context.headers, 'x-amz-part-number-marker') ?? 0) || 0;
  const rest = pieces.filter((piece) => piece.partNumber > marker);
  const page = rest.slice(0, limit);
  const parts: Child[] = page.map((piece) =>
    element(
      'Part',
      object.checksum === undefined
        ? undefined
        : field(`Checksum${object.checksum.name.toUpperCase()}`, piece.checksumValue),
      field('PartNumber', piece.partNumber),
      field('Size', piece.size),
    ),
  );
  return element(
    'ObjectParts',
    field('PartsCount', pieces.length),
    field('PartNumberMarker', marker),
    field('NextPartNumberMarker', page[page.length - 1]?.partNumber ?? 0),
    field('MaxParts', limit),
    field('IsTruncated', rest.length > page.length),
    parts,
  );
}
