import { expiryHeader } from '../lifecycle/expiry-header.js';
import { aclOfNewObject, ownerOfNewObject } from '../s3/acl-request.js';
import { writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { bucketOfNewObject } from '../s3/new-object.js';
import { checksumHeaders, describeUpload, storageClassOf } from '../s3/object-headers.js';
import { lockOfNewObject } from '../s3/object-lock.js';
import { receiveBlob } from '../s3/receive-body.js';
import { sendEmpty } from '../s3/respond.js';
import { encryptionOfNewObject, sseHeaders } from '../s3/sse.js';
import { commitBlob } from '../s3/store-blob.js';
import { tagsOfHeader } from '../s3/tags.js';
import { findObject } from '../storage/objects.js';
import { putVersion } from '../storage/write-version.js';

/** PUT /bucket/key. The answer is sent when data and row would survive a power cut. */
export async function putObject(context: ObjectContext): Promise<void> {
  const { services, headers, key } = context;
  const tags = tagsOfHeader(headers);
  const bucket = await bucketOfNewObject(context, key, tags);
  const owner = ownerOfNewObject(context, bucket);
  const acl = await aclOfNewObject(context, bucket, owner);
  const lock = lockOfNewObject(context, bucket);
  const storageClass = storageClassOf(headers);
  const described = { ...describeUpload(headers), ...lock, tags, storageClass, owner, acl };
  const chosen = encryptionOfNewObject(context, bucket);
  const precondition = writePrecondition(headers);
  // A condition that fails now spares the upload; the one that counts is checked in the transaction.
  precondition?.(await findObject(services.pool, bucket.name, key));
  const source = { ...context, maxBytes: services.maxObjectBytes };
  const { blobId, size, md5, checksum } = await receiveBlob(source, services.blobs, chosen?.dataKey);
  const object = { ...described, bucket: bucket.name, key, blobId, size, etag: md5, checksum };
  const written = await commitBlob(services.blobs, blobId, () =>
    putVersion(services.pool, { ...object, encryption: chosen?.encryption }, precondition),
  );
  services.janitor.collectSoon();
  sendEmpty(context.response, 200, {
    etag: `"${md5}"`,
    ...checksumHeaders({ checksum }),
    ...expiryHeader(bucket, { key, tags, size, lastModified: written.lastModified }),
    ...sseHeaders(chosen?.encryption, headers),
    ...(written.versioning === 'enabled' ? { 'x-amz-version-id': written.versionId } : {}),
  });
}
