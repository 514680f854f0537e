import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { keyEncoderOf, maxKeysOf } from '../s3/listing-document.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { uploadsOf } from '../storage/multipart.js';

/** GET /bucket?uploads: uploads under way, by key. A delimiter is not rolled up. */
export async function listMultipartUploads(context: BucketContext): Promise<void> {
  const { query } = context;
  const bucket = await authorizedBucket(context, { action: 's3:ListBucketMultipartUploads' });
  const [encode, limit] = [keyEncoderOf(query), maxKeysOf(query, 'max-uploads')];
  const [prefix, keyMarker, idMarker] = ['prefix', 'key-marker', 'upload-id-marker'].map(
    (name) => query.get(name) ?? '',
  );
  const uploads = await uploadsOf(context.services.pool, {
    bucket: bucket.name,
    prefix: prefix!,
    afterKey: keyMarker!,
    // Without an id marker all uploads of the marked key are behind us; ids are hex, so `~` is after all of them.
    afterId: idMarker === '' && keyMarker !== '' ? '~' : idMarker!,
    limit: limit + 1,
  });
  const page = uploads.slice(0, limit);
  const last = uploads.length > limit ? page[page.length - 1] : undefined;
  const document = s3Document(
    'ListMultipartUploadsResult',
    field('Bucket', bucket.name),
    field('KeyMarker', encode(keyMarker!)),
    field('UploadIdMarker', idMarker),
    field('NextKeyMarker', last === undefined ? undefined : encode(last.key)),
    field('NextUploadIdMarker', last?.uploadId),
    field('Prefix', encode(prefix!)),
    field('EncodingType', query.get('encoding-type') || undefined),
    field('MaxUploads', limit),
    field('IsTruncated', last !== undefined),
    page.map((upload) => {
      const person = [field('ID', upload.owner.canonicalId), field('DisplayName', upload.owner.displayName)];
      return element(
        'Upload',
        field('Key', encode(upload.key)),
        field('UploadId', upload.uploadId),
        element('Initiator', field('ID', upload.initiator.id), field('DisplayName', upload.initiator.name)),
        element('Owner', person),
        field('StorageClass', upload.storageClass),
        field('ChecksumAlgorithm', upload.checksum?.name.toUpperCase()),
        field('ChecksumType', upload.checksum?.type),
        field('Initiated', upload.initiatedAt.toISOString()),
      );
    }),
  );
  sendXml(context.response, 200, document);
}
