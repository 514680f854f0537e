import { aclOfNewObject, ownerOfNewObject } from '../s3/acl-request.js';
import { uploadChecksumOf } from '../s3/checksum-request.js';
import type { ObjectContext } from '../s3/context.js';
import { bucketOfNewObject } from '../s3/new-object.js';
import { describeUpload, storageClassOf } from '../s3/object-headers.js';
import { lockOfNewObject } from '../s3/object-lock.js';
import { sendXml } from '../s3/respond.js';
import { encryptionOfNewObject, sseHeaders } from '../s3/sse.js';
import { tagsOfHeader } from '../s3/tags.js';
import { field, s3Document } from '../s3/xml.js';
import { createUpload } from '../storage/multipart.js';

/** POST /bucket/key?uploads */
export async function createMultipartUpload(context: ObjectContext): Promise<void> {
  const { services, headers, caller, key } = context;
  const tags = tagsOfHeader(headers);
  const bucket = await bucketOfNewObject(context, key, tags);
  const owner = ownerOfNewObject(context, bucket);
  const chosen = encryptionOfNewObject(context, bucket);
  const checksum = uploadChecksumOf(headers);
  const initiator = caller ?? bucket.owner;
  const uploadId = await createUpload(services.pool, {
    ...describeUpload(headers),
    ...lockOfNewObject(context, bucket),
    bucket: bucket.name,
    key,
    tags,
    checksum,
    storageClass: storageClassOf(headers),
    encryption: chosen?.encryption,
    owner,
    acl: await aclOfNewObject(context, bucket, owner),
    initiator: { id: initiator.canonicalId, name: initiator.displayName },
  });
  const document = s3Document(
    'InitiateMultipartUploadResult',
    field('Bucket', bucket.name),
    field('Key', key),
    field('UploadId', uploadId),
  );
  sendXml(context.response, 200, document, {
    ...sseHeaders(chosen?.encryption, headers),
    ...(checksum === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': checksum.name.toUpperCase(), 'x-amz-checksum-type': checksum.type }),
  });
}
