import { MalleeError } from '@mallee/errors';
import { COPY_CONDITIONS, evaluate, preconditionFailed } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { contextOfSource, copyData, copyRangeOf, copySourceOf } from '../s3/copy-source.js';
import { openReadable } from '../s3/open-readable.js';
import { sendXml } from '../s3/respond.js';
import { readingKey, sseHeaders } from '../s3/sse.js';
import { commitBlob } from '../s3/store-blob.js';
import { partNumberOf, uploadOf } from '../s3/upload-of.js';
import { field, s3Document } from '../s3/xml.js';
import { putPart } from '../storage/multipart.js';

/** PUT /bucket/key?partNumber=N&uploadId=ID with `x-amz-copy-source`: a part out of an object that is there. */
export async function uploadPartCopy(context: ObjectContext): Promise<void> {
  const { services, headers } = context;
  const partNumber = partNumberOf(context);
  const { upload } = await uploadOf(context);
  const source = copySourceOf(headers);
  const { versionId } = source;
  const readable = await openReadable(contextOfSource(context, source), versionId);
  const { object, data } = readable;
  let copied: Awaited<ReturnType<typeof copyData>>;
  try {
    if (evaluate(object, headers, COPY_CONDITIONS) !== 'ok') throw preconditionFailed();
    const range = copyRangeOf(headers, object.size);
    if ((range === undefined ? object.size : range.end - range.start + 1) > services.maxObjectBytes) {
      throw new MalleeError('InvalidRequest', 'The specified copy source is larger than the maximum allowable size.');
    }
    const from = readingKey(headers, services.keys, object.encryption, 'copy source');
    const to = readingKey(headers, services.keys, upload.encryption);
    copied = await copyData({ data, from, to, range, checksum: upload.checksum?.name }, services.blobs);
  } finally {
    await data.close();
  }
  const { blobId, size, md5, checksum } = copied;
  await commitBlob(services.blobs, blobId, () =>
    putPart(services.pool, upload.uploadId, { partNumber, blobId, size, etag: md5, checksum }),
  );
  services.janitor.collectSoon();
  const document = s3Document(
    'CopyPartResult',
    field('LastModified', services.now().toISOString()),
    field('ETag', `"${md5}"`),
    checksum === undefined ? undefined : field(`Checksum${checksum.name.toUpperCase()}`, checksum.value),
  );
  sendXml(context.response, 200, document, {
    ...sseHeaders(upload.encryption, headers),
    ...(readable.bucket.versioning === 'off' ? {} : { 'x-amz-copy-source-version-id': object.versionId }),
  });
}
