import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { commonPrefixElement, keyEncoderOf, maxKeysOf, ownerElement } from '../s3/listing-document.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { listUploadsPage } from '../storage/list-uploads.js';
import type { MultipartUpload } from '../storage/multipart.js';

/** GET /bucket?uploads */
export async function listMultipartUploads(context: BucketContext): Promise<void> {
  const { query } = context;
  const bucket = await authorizedBucket(context, { action: 's3:ListBucketMultipartUploads' });
  const [encode, maxUploads] = [keyEncoderOf(query), maxKeysOf(query, 'max-uploads')];
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const request = { bucket: bucket.name, prefix, delimiter, keyMarker, idMarker, maxUploads };
  const page = await listUploadsPage(context.services.pool, request);
  const document = s3Document(
    'ListMultipartUploadsResult',
    field('Bucket', bucket.name),
    field('KeyMarker', encode(keyMarker)),
    field('UploadIdMarker', idMarker),
    field('NextKeyMarker', page.next === undefined ? undefined : encode(page.next.key)),
    field('NextUploadIdMarker', page.next?.uploadId),
    field('Prefix', encode(prefix)),
    field('Delimiter', delimiter ? encode(delimiter) : undefined),
    field('EncodingType', query.get('encoding-type') || undefined),
    field('MaxUploads', maxUploads),
    field('IsTruncated', page.truncated),
    page.uploads.map((upload) => uploadElement(upload, encode)),
    page.commonPrefixes.map((common) => commonPrefixElement(common, encode)),
  );
  sendXml(context.response, 200, document);
}

function uploadElement(upload: MultipartUpload, encode: (text: string) => string): string {
  return element(
    'Upload',
    field('Key', encode(upload.key)),
    field('UploadId', upload.uploadId),
    element('Initiator', field('ID', upload.initiator.id), field('DisplayName', upload.initiator.name)),
    ownerElement(upload),
    field('StorageClass', upload.storageClass),
    field('ChecksumAlgorithm', upload.checksum?.name.toUpperCase()),
    field('ChecksumType', upload.checksum?.type),
    field('Initiated', upload.initiatedAt.toISOString()),
  );
}
