import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { commonPrefixElement, keyEncoderOf, maxKeysOf, ownerElement } from '../s3/listing-document.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { listVersionsPage, type ListedVersion } from '../storage/list-versions.js';

/** GET /bucket?versions */
export async function listObjectVersions(context: BucketContext): Promise<void> {
  const { query } = context;
  const bucket = await authorizedBucket(context, { action: 's3:ListBucketVersions' });
  const [encode, maxKeys] = [keyEncoderOf(query), maxKeysOf(query)];
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const [keyMarker, versionIdMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
  if (versionIdMarker && keyMarker === '') {
    throw new MalleeError('InvalidArgument', 'A version-id marker cannot be specified without a key marker.');
  }
  const request = { bucket: bucket.name, prefix, delimiter, keyMarker, versionIdMarker, maxKeys };
  const page = await listVersionsPage(context.services.pool, request);
  const document = s3Document(
    'ListVersionsResult',
    field('Name', bucket.name),
    field('Prefix', encode(prefix)),
    field('KeyMarker', encode(keyMarker)),
    field('VersionIdMarker', versionIdMarker ?? ''),
    field('NextKeyMarker', page.next === undefined ? undefined : encode(page.next.key)),
    field('NextVersionIdMarker', page.next?.versionId),
    field('MaxKeys', maxKeys),
    field('Delimiter', delimiter ? encode(delimiter) : undefined),
    field('EncodingType', query.get('encoding-type') || undefined),
    field('IsTruncated', page.truncated),
    page.versions.map((version) => versionElement(version, encode)),
    page.commonPrefixes.map((common) => commonPrefixElement(common, encode)),
  );
  sendXml(context.response, 200, document);
}

function versionElement({ object, isLatest }: ListedVersion, encode: (text: string) => string): string {
  const { checksum } = object;
  const common = [
    field('Key', encode(object.key)),
    field('VersionId', object.versionId),
    field('IsLatest', isLatest),
    field('LastModified', object.lastModified.toISOString()),
  ];
  if (object.deleteMarker) return element('DeleteMarker', common, ownerElement(object));
  return element(
    'Version',
    common,
    field('ETag', `"${object.etag}"`),
    checksum === undefined
      ? undefined
      : [field('ChecksumAlgorithm', checksum.name.toUpperCase()), field('ChecksumType', checksum.type)],
    field('Size', object.size),
    ownerElement(object),
    field('StorageClass', object.storageClass),
  );
}
