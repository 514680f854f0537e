import { maxKeysOf } from '../s3/listing-document.js';
import type { ObjectContext } from '../s3/context.js';
import { sendXml } from '../s3/respond.js';
import { uploadOf } from '../s3/upload-of.js';
import { element, field, s3Document } from '../s3/xml.js';
import { partsOf } from '../storage/multipart.js';

/** GET /bucket/key?uploadId=ID */
export async function listParts(context: ObjectContext): Promise<void> {
  const { query } = context;
  const { upload } = await uploadOf(context, 's3:ListMultipartUploadParts');
  const limit = maxKeysOf(query, 'max-parts');
  const marker = Number(query.get('part-number-marker') ?? 0) || 0;
  const parts = await partsOf(context.services.pool, upload.uploadId, Math.min(Math.trunc(marker), 10_000), limit + 1);
  const page = parts.slice(0, limit);
  const { owner, initiator, checksum } = upload;
  const person = [field('ID', owner.canonicalId), field('DisplayName', owner.displayName)];
  const document = s3Document(
    'ListPartsResult',
    field('Bucket', upload.bucket),
    field('Key', upload.key),
    field('UploadId', upload.uploadId),
    element('Initiator', field('ID', initiator.id), field('DisplayName', initiator.name)),
    element('Owner', person),
    field('StorageClass', upload.storageClass),
    field('PartNumberMarker', marker),
    field('NextPartNumberMarker', page[page.length - 1]?.partNumber),
    field('MaxParts', limit),
    field('ChecksumAlgorithm', checksum?.name.toUpperCase()),
    field('ChecksumType', checksum?.type),
    field('IsTruncated', parts.length > limit),
    page.map((part) =>
      element(
        'Part',
        field('PartNumber', part.partNumber),
        field('LastModified', part.lastModified.toISOString()),
        field('ETag', `"${part.etag}"`),
        field('Size', part.size),
        part.checksum === undefined
          ? undefined
          : field(`Checksum${part.checksum.name.toUpperCase()}`, part.checksum.value),
      ),
    ),
  );
  sendXml(context.response, 200, document);
}
