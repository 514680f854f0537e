import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { aclOfNewObject, ownerOfNewObject } from '../s3/acl-request.js';
import { wantedChecksumOf } from '../s3/checksum-request.js';
import { COPY_CONDITIONS, evaluate, preconditionFailed, writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { contextOfSource, copyData, copySourceOf } from '../s3/copy-source.js';
import { bucketOfNewObject } from '../s3/new-object.js';
import { describeUpload, storageClassOf } from '../s3/object-headers.js';
import { lockOfNewObject } from '../s3/object-lock.js';
import { openReadable } from '../s3/open-readable.js';
import { sendXml } from '../s3/respond.js';
import { encryptionOfNewObject, readingKey, sseHeaders } from '../s3/sse.js';
import { commitBlob } from '../s3/store-blob.js';
import { tagsOfHeader } from '../s3/tags.js';
import { element, field, s3Document } from '../s3/xml.js';
import { putVersion } from '../storage/write-version.js';

/** PUT /bucket/key with `x-amz-copy-source`. Read on the source, write on the destination; the copy belongs to the caller. */
export async function copyObject(context: ObjectContext): Promise<void> {
  const { services, key, headers, response } = context;
  const newTags = tagsOfHeader(headers);
  const bucket = await bucketOfNewObject(context, key, newTags);
  const owner = ownerOfNewObject(context, bucket);
  const acl = await aclOfNewObject(context, bucket, owner);
  const lock = lockOfNewObject(context, bucket);
  const source = copySourceOf(headers);
  const replace = directiveOf(context, 'x-amz-metadata-directive');
  const replaceTags = directiveOf(context, 'x-amz-tagging-directive');
  const chosen = encryptionOfNewObject(context, bucket);
  const { versionId } = source;
  const readable = await openReadable(contextOfSource(context, source), versionId);
  const { object, data } = readable;
  let copied: Awaited<ReturnType<typeof copyData>>;
  try {
    if (evaluate(object, headers, COPY_CONDITIONS) !== 'ok') throw preconditionFailed();
    const changes =
      replace || versionId !== undefined || chosen !== undefined || changesClass(context, object.storageClass);
    if (!changes && source.bucket === bucket.name && source.key === key) {
      throw new MalleeError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    if (object.size > services.maxObjectBytes) {
      throw new MalleeError('InvalidRequest', 'The specified copy source is larger than the maximum allowable size.');
    }
    const from = readingKey(headers, services.keys, object.encryption, 'copy source');
    const checksum = wantedChecksumOf(headers) ?? object.checksum?.name;
    copied = await copyData({ data, from, to: chosen?.dataKey, checksum }, services.blobs);
  } finally {
    await data.close();
  }
  const { blobId, size, md5, checksum } = copied;
  const described = replace ? describeUpload(headers) : object;
  const written = await commitBlob(services.blobs, blobId, () =>
    putVersion(
      services.pool,
      {
        ...lock,
        bucket: bucket.name,
        key,
        blobId,
        size,
        etag: md5,
        checksum,
        contentType: described.contentType,
        headers: described.headers,
        metadata: described.metadata,
        tags: replaceTags ? newTags : object.tags,
        storageClass: storageClassOf(headers),
        encryption: chosen?.encryption,
        owner,
        acl,
      },
      writePrecondition(headers),
    ),
  );
  services.janitor.collectSoon();
  const document = s3Document(
    'CopyObjectResult',
    field('LastModified', written.lastModified.toISOString()),
    field('ETag', `"${md5}"`),
    checksum === undefined
      ? undefined
      : [element(`Checksum${checksum.name.toUpperCase()}`, checksum.value), field('ChecksumType', checksum.type)],
  );
  sendXml(response, 200, document, {
    ...sseHeaders(chosen?.encryption, headers),
    ...(written.versioning === 'off' ? {} : { 'x-amz-version-id': written.versionId }),
    ...(readable.bucket.versioning === 'off' ? {} : { 'x-amz-copy-source-version-id': object.versionId }),
  });
}

/** True for REPLACE, false for COPY. */
function directiveOf({ headers }: ObjectContext, name: string): boolean {
  const text = headerValue(headers, name);
  if (text === undefined || text === 'COPY') return false;
  if (text === 'REPLACE') return true;
  throw new MalleeError('InvalidArgument', `Unknown directive in ${name}.`);
}

function changesClass({ headers }: ObjectContext, current: string): boolean {
  return headerValue(headers, 'x-amz-storage-class') !== undefined && storageClassOf(headers) !== current;
}
